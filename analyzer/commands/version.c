#include "analyzer/commands/version.h"

#include <pcap/pcap.h>
#include <stdio.h>

void
version_print(void)
{
	printf("pcapstat %s\n%s\ncompressed captures:", PACKAGE_VERSION,
	    pcap_lib_version());
#ifdef HAVE_ZLIB
	printf(" gzip");
#endif
#ifdef HAVE_ZSTD
	printf(" zstd");
#endif
#ifdef HAVE_LZ4
	printf(" lz4");
#endif
#ifdef HAVE_LZMA
	printf(" xz");
#endif
	printf("\n");
#ifdef HAVE_SQLITE
	printf("results also as SQLite databases\n");
#endif
#ifdef HAVE_JANSSON
	printf("answer sheets can be graded\n");
#endif
#ifdef HAVE_DASHBOARD
	printf("dashboard in a browser\n");
#endif
}
