#include "tests/fuzz/frame_check.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/decode/decode.h"
#include "tests/fuzz/fuzz.h"
#include "tests/tools/packet_check.h"

void
frame_check(const struct frame *frame)
{
	uint8_t *data = malloc(frame->cap_len);
	struct frame copy = *frame;
	struct packet alone, batch;
	struct errbuf why;

	if (frame->cap_len > 0) {
		if (data == NULL)
			fuzz_fail("out of memory");
		memcpy(data, frame->data, frame->cap_len);
	}
	copy.data = data;
	/* What an earlier packet left there must not matter. */
	memset(&alone, 0x5a, sizeof(alone));
	memset(&batch, 0xa5, sizeof(batch));
	decode_frame(&copy, &alone);
	decode_batch(&copy, 1, &batch);
	if (!packet_check_same(&alone, &batch, &why))
		fuzz_fail("decode_frame and decode_batch differ: %s", why.text);
	if (!packet_check_sound(&alone, &why))
		fuzz_fail("%s", why.text);
	free(data);
}
