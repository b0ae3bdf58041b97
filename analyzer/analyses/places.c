#include "analyzer/analyses/places.h"

#include <string.h>

#include "base/int128.h"

/* Nearly all packets: 19 of 20. */
enum { NEARLY_PARTS = 19, NEARLY_WHOLE = 20 };

static void
count(struct place_hosts *hosts, const struct table_ip *ip)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (memcmp(&hosts->list[i].ip, ip, sizeof(*ip)) == 0) {
			hosts->list[i].packets++;
			return;
		}
	if (hosts->count < PLACES_HOSTS_MAX)
		hosts->list[hosts->count++] = (struct place_host){ *ip, 1 };
}

void
place_hosts_add(struct place_hosts *hosts, const struct table_ip *src,
    const struct table_ip *dst)
{
	if (src->version == 0 && dst->version == 0)
		return;
	hosts->packets++;
	if (src->version != 0)
		count(hosts, src);
	if (dst->version != 0 && memcmp(src, dst, sizeof(*src)) != 0)
		count(hosts, dst);
}

size_t
place_candidates(const struct place_hosts *hosts,
    struct table_ip out[PLACES_CANDIDATES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < hosts->count && n < PLACES_CANDIDATES_MAX; i++)
		if ((uint128)hosts->list[i].packets * NEARLY_WHOLE >=
		    (uint128)hosts->packets * NEARLY_PARTS)
			out[n++] = hosts->list[i].ip;
	return n;
}
