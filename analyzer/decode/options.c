#include "analyzer/decode/internal.h"

enum {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_LENGTH_MIN = 2,
};

/*
 * IPv4 and TCP options have one form: kind 1, and but for two kinds of a
 * single byte length 1, which counts both, and data.
 */
bool
options_well_formed(const uint8_t *p, size_t n)
{
	while (n > 0 && *p != OPTION_END) {
		size_t len = 1;

		if (*p != OPTION_NOP) {
			if (n < OPTION_LENGTH_MIN)
				return false;
			len = p[1];
			if (len < OPTION_LENGTH_MIN || len > n)
				return false;
		}
		p += len;
		n -= len;
	}
	return true;
}
