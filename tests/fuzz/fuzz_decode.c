/*
 * One frame.  Input: link type (16 bits), how many bytes more (less) than are
 * there its record claims for the wire (signed, 16 bits), both big-endian, and
 * the frame.
 */
#include "tests/fuzz/frame_check.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD_BYTES = 4 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct frame frame = { .number = 1 };
	int64_t wire_len;

	if (len < HEAD_BYTES)
		return 0;
	wire_len = (int64_t)(len - HEAD_BYTES) +
	    (int16_t)(data[2] << 8 | data[3]);
	frame.data = data + HEAD_BYTES;
	frame.cap_len = (uint32_t)(len - HEAD_BYTES);
	frame.wire_len = wire_len < 0 ? 0 : (uint32_t)wire_len;
	frame.link_type = (uint16_t)(data[0] << 8 | data[1]);
	frame_check(&frame);
	return 0;
}
