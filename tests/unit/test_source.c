#include "analyzer/capture/source.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif

enum {
	SMALL = 3000,
	LARGE = 700000,		/* several blocks of every format */
	READ_ALL = 1 << 20,
};

struct blob {
	uint8_t *data;
	size_t len;
};

/* xorshift64* */
static uint64_t
draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static struct blob
blob_room(size_t n)
{
	struct blob b = { malloc(n + 1), n };

	ck_assert_ptr_nonnull(b.data);
	return b;
}

/* Stretches that compress well and stretches that do not. */
static struct blob
sample(size_t n)
{
	struct blob b = blob_room(n);
	uint64_t state = 42;
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t r = draw(&state);

		b.data[i] = i / 1000 % 300 < 150 ? "abcd"[r >> 62] :
		    (uint8_t)(r >> 56);
	}
	return b;
}

/* Frees both. */
static struct blob
joined(struct blob a, struct blob b)
{
	struct blob out = blob_room(a.len + b.len);

	memcpy(out.data, a.data, a.len);
	memcpy(out.data + a.len, b.data, b.len);
	free(a.data);
	free(b.data);
	return out;
}

static struct blob
literal(const void *data, size_t n)
{
	struct blob b = blob_room(n);

	memcpy(b.data, data, n);
	return b;
}

#ifdef HAVE_ZLIB
static struct blob
make_gzip(struct blob plain)
{
	z_stream z = { .next_in = plain.data, .avail_in = (uInt)plain.len };
	/* Every flag of the header is set. */
	gz_header header = {
		.text = 1, .time = 1638123439, .os = 3, .hcrc = 1,
		.name = (Bytef[]){ "capture.pcap" }, .comment = (Bytef[]){ "" },
		.extra = (Bytef[]){ "ab\2\0xy" }, .extra_len = 6,
	};
	struct blob out;

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflateSetHeader(&z, &header), Z_OK);
	out = blob_room(deflateBound(&z, plain.len));
	z.next_out = out.data;
	z.avail_out = (uInt)out.len;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.len = z.total_out;
	deflateEnd(&z);
	return out;
}
#define MAKE_GZIP make_gzip
#else
#define MAKE_GZIP NULL
#endif

#ifdef HAVE_ZSTD
static struct blob
make_zstd(struct blob plain)
{
	struct blob out = blob_room(ZSTD_compressBound(plain.len) + 64);
	ZSTD_CCtx *z = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	out.len = ZSTD_compress2(z, out.data, out.len, plain.data, plain.len);
	ck_assert(!ZSTD_isError(out.len));
	ZSTD_freeCCtx(z);
	return out;
}
#define MAKE_ZSTD make_zstd
#else
#define MAKE_ZSTD NULL
#endif

#ifdef HAVE_LZ4
static struct blob
lz4_frame(struct blob plain, LZ4F_blockChecksum_t block_checksum)
{
	LZ4F_preferences_t p = LZ4F_INIT_PREFERENCES;
	struct blob out;

	p.frameInfo.blockSizeID = LZ4F_max64KB;
	p.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
	p.frameInfo.blockChecksumFlag = block_checksum;
	out = blob_room(LZ4F_compressFrameBound(plain.len, &p));
	out.len = LZ4F_compressFrame(out.data, out.len, plain.data, plain.len,
	    &p);
	ck_assert(!LZ4F_isError(out.len));
	return out;
}

static struct blob
make_lz4(struct blob plain)
{
	return lz4_frame(plain, LZ4F_noBlockChecksum);
}

static struct blob
make_lz4_checked(struct blob plain)
{
	return lz4_frame(plain, LZ4F_blockChecksumEnabled);
}
#define MAKE_LZ4 make_lz4
#define MAKE_LZ4_CHECKED make_lz4_checked
#else
#define MAKE_LZ4 NULL
#define MAKE_LZ4_CHECKED NULL
#endif

#ifdef HAVE_LZMA
static struct blob
make_xz(struct blob plain)
{
	struct blob out = blob_room(lzma_stream_buffer_bound(plain.len));
	size_t at = 0;

	ck_assert_int_eq(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL,
	    plain.data, plain.len, out.data, &at, out.len), LZMA_OK);
	out.len = at;
	return out;
}
#define MAKE_XZ make_xz
#else
#define MAKE_XZ NULL
#endif

static const struct maker {
	const char *name;
	struct blob (*make)(struct blob plain);	/* NULL: not in this build */
	size_t magic_len;
	const char *magic;
	const char *library;
	size_t padding;		/* zeros that may follow; 0: none */
	size_t check_at;	/* last byte of the data's checksum, from the
				   file's end */
	const char *check_words;
} makers[] = {
	{ "gzip", MAKE_GZIP, 2, "\x1f\x8b", "zlib", 1, 5,
	    "gzip: incorrect data check" },
	{ "zstd", MAKE_ZSTD, 4, "\x28\xb5\x2f\xfd", "libzstd", 0, 1,
	    "zstd: Restored data doesn't match checksum" },
	{ "lz4", MAKE_LZ4, 4, "\x04\x22\x4d\x18", "liblz4", 0, 1,
	    "lz4: contentChecksum_invalid" },
	{ "lz4", MAKE_LZ4_CHECKED, 4, "\x04\x22\x4d\x18", "liblz4", 0, 1,
	    "lz4: contentChecksum_invalid" },
	/* index (8), index CRC (4) and footer (12) stand behind it */
	{ "xz", MAKE_XZ, 6, "\xfd" "7zXZ\0", "liblzma", 4, 0,
	    "xz: damaged data or wrong check" },
};

enum { MAKERS = sizeof(makers) / sizeof(makers[0]) };

static void
write_all(int fd, struct blob b)
{
	size_t done = 0;

	while (done < b.len) {
		ssize_t n = write(fd, b.data + done, b.len - done);

		ck_assert_int_gt(n, 0);
		done += (size_t)n;
	}
}

/* A file that holds the bytes; its name goes to path. */
enum { PATH_BYTES = 64 };

static int
file_of(struct blob b, char path[PATH_BYTES])
{
	int fd;

	snprintf(path, PATH_BYTES, "%s/pcapstat-source-XXXXXX", P_tmpdir);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	write_all(fd, b);
	return fd;
}

static struct source *
open_bytes(struct blob b)
{
	char path[PATH_BYTES];
	struct errbuf err;
	struct source *s;

	close(file_of(b, path));
	s = source_open(path, &err);
	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_uint_eq(source_size(s), b.len);
	unlink(path);
	return s;
}

struct outcome {
	struct blob out;
	enum source_status status;
	struct errbuf err;
};

/* Reads to the end, `room` bytes at a time, and closes. */
static struct outcome
drain(struct source *s, size_t room)
{
	struct outcome o = { .out = blob_room(2 * LARGE + READ_ALL) };
	enum source_status again;
	struct errbuf err = { "" };
	bool right = true;
	size_t n;

	o.out.len = 0;
	/* One assertion for all: each writes to Check's log. */
	while ((o.status = source_read(s, o.out.data + o.out.len, room, &n,
	    &o.err)) == SOURCE_OK && right) {
		o.out.len += n;
		right = n >= 1 && n <= room && o.out.len <= 2 * LARGE;
	}
	ck_assert(right);
	ck_assert_uint_eq(n, 0);
	again = source_read(s, o.out.data, room, &n, &err);
	ck_assert_int_eq(again, o.status);
	if (o.status != SOURCE_END)
		ck_assert_str_eq(err.text, o.err.text);
	source_close(s);
	return o;
}

static struct outcome
read_bytes(struct blob b, size_t room)
{
	return drain(open_bytes(b), room);
}

static void
assert_prefix(const struct outcome *o, struct blob plain)
{
	ck_assert_uint_le(o->out.len, plain.len);
	ck_assert_int_eq(memcmp(o->out.data, plain.data, o->out.len), 0);
}

static void
assert_whole(const struct outcome *o, struct blob plain)
{
	ck_assert_uint_eq(o->out.len, plain.len);
	assert_prefix(o, plain);
}

/* All of `plain`, then a good end; frees the packed bytes. */
static void
assert_unpacks(struct blob packed, size_t room, struct blob plain)
{
	struct outcome o = read_bytes(packed, room);

	ck_assert_msg(o.status == SOURCE_END, "%s", o.err.text);
	assert_whole(&o, plain);
	free(o.out.data);
	free(packed.data);
}

/* All of `plain`, then the fault, however it is read; frees the packed
 * bytes. */
static void
assert_faults(struct blob packed, struct blob plain,
    enum source_status status, const char *words)
{
	static const size_t rooms[] = { READ_ALL, 7, 1 };
	size_t i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		struct outcome o = read_bytes(packed, rooms[i]);

		ck_assert_int_eq(o.status, status);
		ck_assert_msg(strstr(o.err.text, words) != NULL,
		    "\"%s\" lacks \"%s\"", o.err.text, words);
		assert_whole(&o, plain);
		free(o.out.data);
	}
	free(packed.data);
}

START_TEST(plain_bytes_come_as_they_are)
{
	static const size_t rooms[] = { 1, 7, 256 << 10 };
	struct blob plain = sample(SMALL);
	size_t i, n;

	for (i = 0; i < 3; i++)
		for (n = 0; n < 20; n++)
			assert_unpacks(literal(plain.data, n), rooms[i],
			    (struct blob){ plain.data, n });
	free(plain.data);
}
END_TEST

START_TEST(a_plain_file_is_read_with_one_call_each)
{
	struct blob plain = sample(SMALL);
	struct source *s = open_bytes(plain);
	uint8_t at[SMALL];
	struct errbuf err;
	size_t n;

	ck_assert_uint_eq(source_offset(s), 0);
	ck_assert_str_eq(source_compression(s), "");
	ck_assert_int_eq(source_read(s, at, 100, &n, &err), SOURCE_OK);
	ck_assert_uint_eq(n, 100);
	ck_assert_uint_eq(source_offset(s), 100);
	ck_assert_int_eq(source_read(s, at, SMALL, &n, &err), SOURCE_OK);
	ck_assert_uint_eq(n, SMALL - 100);
	ck_assert_uint_eq(source_offset(s), SMALL);
	source_close(s);
	free(plain.data);
}
END_TEST

START_TEST(what_is_compressed_comes_out_whole)
{
	static const size_t rooms[] = { 1, 7, 256 << 10 };
	struct blob plain = sample(LARGE);
	size_t i;

	for (i = 0; makers[_i].make != NULL && i < 3; i++)
		assert_unpacks(makers[_i].make(plain), rooms[i], plain);
	free(plain.data);
}
END_TEST

START_TEST(the_compression_is_named)
{
	struct blob plain = sample(SMALL), packed;
	struct source *s;

	if (makers[_i].make != NULL) {
		packed = makers[_i].make(plain);
		s = open_bytes(packed);
		ck_assert_str_eq(source_compression(s), makers[_i].name);
		source_close(s);
		free(packed.data);
	}
	free(plain.data);
}
END_TEST

START_TEST(a_compression_that_was_not_built_is_refused_by_name)
{
	const struct maker *m = &makers[_i];
	char path[PATH_BYTES], words[256];
	struct errbuf err;
	struct blob magic;

	if (m->make != NULL)
		return;
	magic = literal(m->magic, m->magic_len);
	close(file_of(magic, path));
	free(magic.data);
	snprintf(words, sizeof(words), "%s: is compressed with %s, and this "
	    "program was built without %s", path, m->name, m->library);
	ck_assert_ptr_null(source_open(path, &err));
	ck_assert_str_eq(err.text, words);
	unlink(path);
}
END_TEST

START_TEST(nothing_compressed_is_something)
{
	struct blob none = literal("", 0);

	if (makers[_i].make != NULL)
		assert_unpacks(makers[_i].make(none), 100, none);
	free(none.data);
}
END_TEST

START_TEST(members_follow_each_other)
{
	struct blob plain = sample(LARGE), small = sample(SMALL);
	struct blob twice = joined(literal(plain.data, plain.len),
	    literal(small.data, small.len));
	struct blob packed;

	if (makers[_i].make != NULL) {
		packed = joined(makers[_i].make(plain),
		    makers[_i].make(small));
		assert_unpacks(literal(packed.data, packed.len), 7, twice);
		assert_unpacks(packed, READ_ALL, twice);
	}
	free(plain.data);
	free(small.data);
	free(twice.data);
}
END_TEST

static struct blob
member_of_nothing(struct blob (*make)(struct blob plain))
{
	struct blob none = literal("", 0), packed = make(none);

	free(none.data);
	return packed;
}

/* Skippable frames stand before, between and behind the frames. */
static void
skips_frames(struct blob (*make)(struct blob plain), bool first)
{
	static const char skip[] = "\x53\x2a\x4d\x18\x05\0\0\0hello";
	struct blob plain = sample(SMALL), packed = make(plain);

	if (first)
		packed = joined(literal(skip, 13), packed);
	packed = joined(packed, literal(skip, 13));
	packed = joined(packed, literal(skip, 13));
	packed = joined(packed, member_of_nothing(make));
	packed = joined(packed, literal(skip, 13));
	assert_unpacks(literal(packed.data, packed.len), 1, plain);
	assert_unpacks(packed, READ_ALL, plain);
	free(plain.data);
}

START_TEST(skippable_frames_are_skipped)
{
	if (makers[1].make != NULL)
		skips_frames(makers[1].make, true);
	if (makers[2].make != NULL)
		skips_frames(makers[2].make, false);
}
END_TEST

static void
assert_cut(struct blob packed, size_t magic_len, struct blob plain)
{
	struct outcome o = read_bytes(packed, READ_ALL);
	char words[64];

	if (packed.len < magic_len) {
		ck_assert_int_eq(o.status, SOURCE_END);
		assert_whole(&o, packed);
	} else {
		snprintf(words, sizeof(words), ": offset %zu: ", packed.len);
		ck_assert_int_eq(o.status, SOURCE_CUT);
		ck_assert_ptr_nonnull(strstr(o.err.text, words));
		ck_assert_ptr_nonnull(strstr(o.err.text, "ends too early"));
		assert_prefix(&o, plain);
	}
	free(o.out.data);
}

START_TEST(every_cut_is_found)
{
	struct blob plain = sample(300), packed;
	size_t n;

	if (makers[_i].make != NULL) {
		packed = makers[_i].make(plain);
		for (n = 0; n < packed.len; n++)
			assert_cut((struct blob){ packed.data, n },
			    makers[_i].magic_len, plain);
		free(packed.data);
	}
	free(plain.data);
}
END_TEST

START_TEST(every_cut_of_a_second_member_is_found)
{
	struct blob plain = sample(300), packed, both;
	size_t n;

	if (makers[_i].make == NULL)
		return;
	packed = makers[_i].make(plain);
	both = joined(literal(packed.data, packed.len),
	    literal(packed.data, packed.len));
	for (n = 1; n < packed.len; n++) {
		struct outcome o = read_bytes((struct blob){ both.data,
		    packed.len + n }, READ_ALL);

		ck_assert_int_eq(o.status, SOURCE_CUT);
		ck_assert_uint_ge(o.out.len, plain.len);
		ck_assert_int_eq(memcmp(o.out.data, plain.data, plain.len),
		    0);
		free(o.out.data);
	}
	free(packed.data);
	free(both.data);
	free(plain.data);
}
END_TEST

START_TEST(bytes_behind_the_end_are_told_after_the_data)
{
	const struct maker *m = &makers[_i];
	struct blob plain = sample(LARGE), packed;
	char words[128];

	if (m->make != NULL) {
		packed = m->make(plain);
		snprintf(words, sizeof(words), ": offset %zu: bytes after the "
		    "end of the %s data", packed.len, m->name);
		assert_faults(joined(literal(packed.data, packed.len),
		    literal("garbage", 7)), plain, SOURCE_DAMAGED, words);
		assert_faults(joined(packed, literal("g", 1)), plain,
		    SOURCE_DAMAGED, words);
	}
	free(plain.data);
}
END_TEST

static struct blob
padded(const struct maker *m, struct blob plain, size_t zeros)
{
	struct blob pad = blob_room(zeros);

	memset(pad.data, 0, zeros);
	return joined(m->make(plain), pad);
}

START_TEST(zeros_behind_the_end_are_padding_where_the_format_has_it)
{
	const struct maker *m = &makers[_i];
	struct blob plain = sample(SMALL);
	const char *words = "bytes after the end";

	if (m->make != NULL && m->padding == 0)
		assert_faults(padded(m, plain, 4), plain, SOURCE_DAMAGED,
		    words);
	if (m->make != NULL && m->padding != 0) {
		assert_unpacks(padded(m, plain, 4), READ_ALL, plain);
		assert_unpacks(padded(m, plain, 300000), READ_ALL, plain);
		assert_faults(joined(padded(m, plain, 512), literal("x", 1)),
		    plain, SOURCE_DAMAGED, words);
		assert_unpacks(joined(padded(m, plain, 512),
		    member_of_nothing(m->make)), READ_ALL, plain);
	}
	if (m->make != NULL && m->padding == 4)
		assert_faults(padded(m, plain, 6), plain, SOURCE_DAMAGED,
		    words);
	free(plain.data);
}
END_TEST

#ifdef HAVE_LZMA
/* Where the check of a one-block stream ends: before index and footer. */
static size_t
xz_check_at(struct blob packed)
{
	lzma_stream_flags footer;

	ck_assert_int_eq(lzma_stream_footer_decode(&footer, packed.data +
	    packed.len - LZMA_STREAM_HEADER_SIZE), LZMA_OK);
	return LZMA_STREAM_HEADER_SIZE + (size_t)footer.backward_size + 1;
}
#else
static size_t
xz_check_at(struct blob packed)
{
	return packed.len;
}
#endif

START_TEST(a_wrong_checksum_is_told_after_all_data)
{
	const struct maker *m = &makers[_i];
	struct blob plain = sample(LARGE), packed;
	size_t at;

	if (m->make != NULL) {
		packed = m->make(plain);
		at = m->check_at != 0 ? m->check_at : xz_check_at(packed);
		packed.data[packed.len - at] ^= 0x10;
		assert_faults(packed, plain, SOURCE_DAMAGED, m->check_words);
	}
	free(plain.data);
}
END_TEST

static uint64_t
seed(void)
{
	const char *given = getenv("PCAPSTAT_TEST_SEED");
	uint64_t value = given != NULL ? strtoull(given, NULL, 0) :
	    (uint64_t)getpid() * 1000003 + 1;

	printf("seed %" PRIu64 "\n", value);
	fflush(stdout);
	return value != 0 ? value : 1;
}

static int
rounds(int n)
{
	const char *times = getenv("PCAPSTAT_TEST_LONG");

	return times != NULL ? n * atoi(times) : n;
}

/* The same bytes, status and words for any size of read. */
static void
assert_same_outcome(struct blob packed)
{
	static const size_t rooms[] = { 1, 7, 4096, 65536, 256 << 10 };
	struct outcome want = read_bytes(packed, READ_ALL), got;
	size_t i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		got = read_bytes(packed, rooms[i]);
		assert_whole(&got, want.out);
		ck_assert_int_eq(got.status, want.status);
		free(got.out.data);
	}
	free(want.out.data);
}

START_TEST(damage_gives_the_same_for_any_size_of_read)
{
	struct blob plain = sample(200000), packed;
	uint64_t state = seed();
	size_t at;
	int i;

	for (i = 0; makers[_i].make != NULL && i < rounds(40); i++) {
		packed = makers[_i].make(plain);
		at = draw(&state) % (packed.len - 6) + 6;
		packed.data[at] ^= (uint8_t)(1 << draw(&state) % 8);
		assert_same_outcome(packed);
		free(packed.data);
	}
	free(plain.data);
}
END_TEST

#ifdef HAVE_LZ4
/* A block of 64 KiB and a header of the next that is too large. */
START_TEST(an_lz4_block_before_a_wrong_header_is_not_lost)
{
	struct blob plain = sample(80000);
	struct blob packed = make_lz4(plain);
	uint32_t first = (uint32_t)packed.data[7] |
	    (uint32_t)packed.data[8] << 8 | (uint32_t)packed.data[9] << 16;

	memset(packed.data + 7 + 4 + first, 0x7f, 4);
	plain.len = 65536;
	assert_faults(packed, plain, SOURCE_DAMAGED, "maxBlockSize_invalid");
	free(plain.data);
}
END_TEST
#endif

#ifdef HAVE_ZSTD
START_TEST(a_zstd_block_before_a_wrong_header_is_not_lost)
{
	/* window 1 KiB; a raw block of 9 bytes; a block of the reserved type */
	struct blob packed = literal("\x28\xb5\x2f\xfd\0\0\x48\0\0"
	    "nine byte" "\x4e\0\0xxxx", 25);

	assert_faults(packed, (struct blob){ (uint8_t[]){ "nine byte" }, 9 },
	    SOURCE_DAMAGED, ": offset 18: zstd: ");
}
END_TEST

START_TEST(a_zstd_window_past_the_limit_is_refused)
{
	/* window 2^28; one last raw block "hi" */
	struct blob packed = literal("\x28\xb5\x2f\xfd\x00\x90\x11\0\0hi", 11);
	struct blob none = literal("", 0);

	packed.data[5] = (27 - 10) << 3;
	assert_unpacks(literal(packed.data, packed.len), 10,
	    (struct blob){ packed.data + 9, 2 });
	packed.data[5] = (28 - 10) << 3;
	assert_faults(packed, none, SOURCE_FAILED,
	    "zstd: the window is larger than 128 MiB");
	free(none.data);
}
END_TEST
#endif

#ifdef HAVE_LZMA
START_TEST(an_xz_dictionary_past_the_limit_is_refused)
{
	struct blob plain = sample(SMALL), packed = make_xz(plain);
	uint8_t *block = packed.data + LZMA_STREAM_HEADER_SIZE;
	size_t len = lzma_block_header_size_decode(block[0]);
	uint8_t *dictionary = memmem(block, len, "\x21\x01", 2);
	uint32_t crc;
	int i;

	ck_assert_ptr_nonnull(dictionary);
	dictionary[2] = 32;	/* 2^28 */
	crc = lzma_crc32(block, len - 4, 0);
	for (i = 0; i < 4; i++)
		block[len - 4 + (size_t)i] = (uint8_t)(crc >> 8 * i);
	plain.len = 0;
	assert_faults(packed, plain, SOURCE_FAILED,
	    "MiB of memory, the limit is 128 MiB");
	free(plain.data);
}
END_TEST
#endif

/* Standard input gives the bytes one by one. */
static pid_t
feed_stdin(struct blob b)
{
	int ends[2];
	pid_t child;
	size_t i;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(ends[0]);
		for (i = 0; i < b.len; i++)
			if (write(ends[1], b.data + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_ge(dup2(ends[0], STDIN_FILENO), 0);
	close(ends[0]);
	return child;
}

static void
assert_stdin_gives(struct blob fed, struct blob plain, const char *name)
{
	pid_t child = feed_stdin(fed);
	struct errbuf err;
	struct source *s = source_open("-", &err);
	struct outcome o;

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_str_eq(source_name(s), "standard input");
	ck_assert_str_eq(source_compression(s), name);
	ck_assert_uint_eq(source_size(s), 0);
	o = drain(s, READ_ALL);
	ck_assert_int_eq(o.status, SOURCE_END);
	assert_whole(&o, plain);
	free(o.out.data);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

START_TEST(a_pipe_may_give_one_byte_at_a_time)
{
	struct blob plain = sample(SMALL), packed;
	size_t n;

	for (n = 0; n < 10; n++)
		assert_stdin_gives((struct blob){ plain.data, n },
		    (struct blob){ plain.data, n }, "");
	if (makers[_i].make != NULL) {
		packed = makers[_i].make(plain);
		packed = joined(packed, member_of_nothing(makers[_i].make));
		assert_stdin_gives(packed, plain, makers[_i].name);
		free(packed.data);
	}
	free(plain.data);
}
END_TEST

START_TEST(standard_input_goes_on_where_a_file_was_left)
{
	struct blob plain = sample(SMALL);
	char path[PATH_BYTES];
	int fd = file_of(plain, path);
	struct errbuf err;
	struct source *s;
	struct outcome o;

	unlink(path);
	ck_assert_int_eq(lseek(fd, 1000, SEEK_SET), 1000);
	ck_assert_int_ge(dup2(fd, STDIN_FILENO), 0);
	close(fd);
	s = source_open("-", &err);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(source_offset(s), 1000);
	o = drain(s, READ_ALL);
	ck_assert_int_eq(o.status, SOURCE_END);
	assert_whole(&o, (struct blob){ plain.data + 1000, SMALL - 1000 });
	/* It is not ours to close. */
	ck_assert_int_eq(lseek(STDIN_FILENO, 0, SEEK_CUR), SMALL);
	free(o.out.data);
	free(plain.data);
}
END_TEST

/* Opens a file of the bytes and gives it another length. */
static struct source *
open_and_resize(struct blob b, off_t len)
{
	char path[PATH_BYTES];
	int fd = file_of(b, path);
	struct errbuf err;
	struct source *s = source_open(path, &err);

	ck_assert_msg(s != NULL, "%s", err.text);
	ck_assert_int_eq(ftruncate(fd, len), 0);
	close(fd);
	unlink(path);
	return s;
}

START_TEST(a_file_that_shrinks_is_cut)
{
	struct blob plain = sample(SMALL), packed;
	struct outcome o = drain(open_and_resize(plain, 1000), 400);

	ck_assert_int_eq(o.status, SOURCE_CUT);
	ck_assert_ptr_nonnull(strstr(o.err.text, ": the file shrank while it "
	    "was read: 1000 of 3000 bytes"));
	assert_whole(&o, (struct blob){ plain.data, 1000 });
	free(o.out.data);
	if (makers[_i].make != NULL) {
		packed = joined(makers[_i].make(plain),
		    makers[_i].make(plain));
		o = drain(open_and_resize(packed, (off_t)packed.len / 2), 400);
		ck_assert_int_eq(o.status, SOURCE_CUT);
		ck_assert_ptr_nonnull(strstr(o.err.text, "shrank"));
		assert_whole(&o, plain);
		free(o.out.data);
		free(packed.data);
	}
	free(plain.data);
}
END_TEST

START_TEST(a_file_that_grows_is_read_to_its_end)
{
	struct blob plain = sample(SMALL);
	struct outcome o = drain(open_and_resize(plain, SMALL + 10), 400);

	ck_assert_int_eq(o.status, SOURCE_END);
	ck_assert_uint_eq(o.out.len, SMALL + 10);
	free(o.out.data);
	free(plain.data);
}
END_TEST

START_TEST(what_cannot_be_opened_is_named)
{
	struct errbuf err;

	ck_assert_ptr_null(source_open("/nonexistent/file", &err));
	ck_assert_str_eq(err.text,
	    "/nonexistent/file: No such file or directory");
	ck_assert_ptr_null(source_open("/", &err));
	ck_assert_str_eq(err.text, "/: is a folder");
	source_close(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("source");
	TCase *plain = tcase_create("plain"), *each = tcase_create("each");

	tcase_add_test(plain, plain_bytes_come_as_they_are);
	tcase_add_test(plain, a_plain_file_is_read_with_one_call_each);
	tcase_add_test(plain, standard_input_goes_on_where_a_file_was_left);
	tcase_add_test(plain, a_file_that_grows_is_read_to_its_end);
	tcase_add_test(plain, what_cannot_be_opened_is_named);
	tcase_add_test(plain, skippable_frames_are_skipped);
#ifdef HAVE_LZ4
	tcase_add_test(plain, an_lz4_block_before_a_wrong_header_is_not_lost);
#endif
#ifdef HAVE_ZSTD
	tcase_add_test(plain,
	    a_zstd_block_before_a_wrong_header_is_not_lost);
	tcase_add_test(plain, a_zstd_window_past_the_limit_is_refused);
#endif
#ifdef HAVE_LZMA
	tcase_add_test(plain, an_xz_dictionary_past_the_limit_is_refused);
#endif
	suite_add_tcase(s, plain);

	tcase_set_timeout(each, 60);
#define EACH(test) tcase_add_loop_test(each, test, 0, MAKERS)
	EACH(what_is_compressed_comes_out_whole);
	EACH(the_compression_is_named);
	EACH(a_compression_that_was_not_built_is_refused_by_name);
	EACH(nothing_compressed_is_something);
	EACH(members_follow_each_other);
	EACH(every_cut_is_found);
	EACH(every_cut_of_a_second_member_is_found);
	EACH(bytes_behind_the_end_are_told_after_the_data);
	EACH(zeros_behind_the_end_are_padding_where_the_format_has_it);
	EACH(a_wrong_checksum_is_told_after_all_data);
	EACH(damage_gives_the_same_for_any_size_of_read);
	EACH(a_pipe_may_give_one_byte_at_a_time);
	EACH(a_file_that_shrinks_is_cut);
#undef EACH
	suite_add_tcase(s, each);
	return s;
}

int
main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
