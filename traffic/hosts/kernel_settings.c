#include "traffic/hosts/kernel_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "traffic/hosts/wiring.h"

#define SECOND_NS INT64_C(1000000000)

enum { PATH_BYTES = 128 };

/* One setting below /proc/sys/net. */
static int
set_text(const char *name, const char *text, struct errbuf *err)
{
	char path[PATH_BYTES];
	size_t len = strlen(text);
	bool failed;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	failed = fd == -1 || write(fd, text, len) != (ssize_t)len;
	if (failed)
		errbuf_set(err, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	return failed ? -1 : 0;
}

static int
set(const char *name, int64_t value, struct errbuf *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return set_text(name, text, err);
}

/* Of an interface, or of "default" for those to come. */
static int
set_ipv6(const char *device, const char *what, int64_t value,
    struct errbuf *err)
{
	char name[PATH_BYTES];

	snprintf(name, sizeof(name), "ipv6/conf/%s/%s", device, what);
	return set(name, value, err);
}

/* A kernel may have been built without. */
static bool
has_ipv6(void)
{
	return access("/proc/sys/net/ipv6", F_OK) == 0;
}

int
kernel_set_middle(struct errbuf *err)
{
	/* A bridge with an address enables it for itself. */
	if (has_ipv6() && (set("ipv6/conf/default/disable_ipv6", 1, err) ||
	    set("ipv6/conf/all/forwarding", 1, err)))
		return -1;
	return set("ipv4/ip_forward", 1, err) ||
	    set("ipv4/conf/all/send_redirects", 0, err) ||
	    set("ipv4/conf/default/send_redirects", 0, err) ||
	    set("ipv4/conf/all/rp_filter", 0, err) ||
	    set("ipv4/conf/default/rp_filter", 0, err) ? -1 : 0;
}

/* No address is doubted, asked for or made up; what tells of multicast groups
 * is over in a moment. */
static int
quiet_ipv6(const char *device, struct errbuf *err)
{
	return set_ipv6(device, "disable_ipv6", 0, err) ||
	    set_ipv6(device, "accept_dad", 0, err) ||
	    set_ipv6(device, "accept_ra", 0, err) ||
	    set_ipv6(device, "router_solicitations", 0, err) ||
	    set_ipv6(device, "mldv2_unsolicited_report_interval", 10, err) ?
	    -1 : 0;
}

int
kernel_set_bridge(const char *bridge, const struct scenario_network *network,
    struct errbuf *err)
{
	if (network->has_prefix[1] && quiet_ipv6(bridge, err) == -1)
		return -1;
	return kernel_stop_offloads(bridge, err);
}

/* Least, default, most; half of it is the kernel's own. */
static int
set_receive_buffer(uint64_t bytes, struct errbuf *err)
{
	char text[80];

	snprintf(text, sizeof(text), "4096 %" PRIu64 " %" PRIu64, 2 * bytes,
	    2 * bytes);
	return set("ipv4/tcp_moderate_rcvbuf", 0, err) ||
	    set_text("ipv4/tcp_rmem", text, err) ? -1 : 0;
}

static int
set_tcp(const struct tcp_settings *tcp, struct errbuf *err)
{
	const struct tcp_settings plain = tcp_settings_default();

	if (set("ipv4/tcp_window_scaling", tcp->window_scaling, err) ||
	    set("ipv4/tcp_sack", tcp->sack, err) ||
	    set("ipv4/tcp_timestamps", tcp->timestamps, err) ||
	    set("ipv4/tcp_syn_retries", tcp->syn_retries, err) ||
	    set("ipv4/tcp_retries2", tcp->retries, err) ||
	    set("ipv4/tcp_no_metrics_save", 1, err))
		return -1;
	if (tcp->keepalive_ns > 0 && set("ipv4/tcp_keepalive_time",
	    (tcp->keepalive_ns + SECOND_NS - 1) / SECOND_NS, err))
		return -1;
	/* That of RFC 5681, which every kernel has. */
	if (set_text("ipv4/tcp_congestion_control", "reno", err) == -1)
		return -1;
	return tcp->receive_buffer == plain.receive_buffer ? 0 :
	    set_receive_buffer(tcp->receive_buffer, err);
}

static int
set_host_ipv6(const struct scenario_host *host, struct errbuf *err)
{
	bool wanted = host->address[1].version != 0;

	if (!has_ipv6() && !wanted)
		return 0;
	if (!wanted)
		return set_ipv6("all", "disable_ipv6", 1, err);
	if (quiet_ipv6(WIRING_HOST_DEVICE, err) == -1)
		return -1;
	return set_ipv6(WIRING_HOST_DEVICE, "hop_limit", host->ttl, err);
}

int
kernel_set_host(const struct scenario_host *host, struct errbuf *err)
{
	if (set("ipv4/ip_default_ttl", host->ttl, err) == -1 ||
	    set_host_ipv6(host, err) == -1 || set_tcp(&host->tcp, err) == -1)
		return -1;
	return kernel_stop_offloads(WIRING_HOST_DEVICE, err);
}

int
kernel_stop_offloads(const char *device, struct errbuf *err)
{
	static const uint32_t commands[] = { ETHTOOL_STSO, ETHTOOL_SGSO,
	    ETHTOOL_SGRO, ETHTOOL_STXCSUM, ETHTOOL_SRXCSUM, ETHTOOL_SSG };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1) {
		errbuf_set(err, "socket: %s", strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		struct ethtool_value value = { .cmd = commands[i], .data = 0 };
		struct ifreq request = { .ifr_data = (void *)&value };

		snprintf(request.ifr_name, sizeof(request.ifr_name), "%s",
		    device);
		/* EOPNOTSUPP: there is nothing to stop. */
		if (ioctl(fd, SIOCETHTOOL, &request) == -1 &&
		    errno != EOPNOTSUPP) {
			errbuf_set(err, "%s: %s", device, strerror(errno));
			close(fd);
			return -1;
		}
	}
	close(fd);
	return 0;
}
