#include "chat/crypto/password.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "chat/crypto/digest.h"
#include "chat/crypto/openssl_error.h"
#include "chat/crypto/password_record.h"

enum { OLD_ROW_CHARS = 2 * DIGEST_BYTES };

const char *
password_fault(size_t len)
{
	if (len == 0)
		return "the password is empty";
	if (len > PASSWORD_BYTES_MAX)
		return "the password is longer than 1024 bytes";
	return NULL;
}

static int
hash(const void *password, size_t len, struct password_record *record,
    struct errbuf *err)
{
	return scrypt_derive(&record->cost, password, len, record->salt,
	    sizeof(record->salt), record->hash, sizeof(record->hash), err);
}

int
password_record_make(const struct scrypt_cost *cost, const void *password,
    size_t len, char text[PASSWORD_RECORD_BYTES], struct errbuf *err)
{
	struct password_record record = { .cost = *cost };
	const char *fault = password_fault(len);

	_Static_assert(PASSWORD_BYTES_MAX == 1024, "as password_fault() says");
	if (fault != NULL) {
		errbuf_set(err, "%s", fault);
		return -1;
	}
	if (RAND_bytes(record.salt, sizeof(record.salt)) != 1) {
		openssl_error_set(err, "random bytes");
		return -1;
	}
	if (hash(password, len, &record, err) != 0)
		return -1;
	password_record_write(&record, text);
	OPENSSL_cleanse(&record, sizeof(record));
	return 0;
}

/* The answer, after as long as checking a record takes. */
static enum password_fit
answer_late(enum password_fit fit, const struct scrypt_cost *cost,
    const void *password, size_t len, struct errbuf *err)
{
	struct password_record dummy = { .cost = *cost };
	struct errbuf why;
	int status = hash(password, len, &dummy, &why);

	OPENSSL_cleanse(&dummy, sizeof(dummy));
	if (status == 0)
		return fit;
	*err = why;
	return PASSWORD_FAILED;
}

static bool
is_old_row(const char *record)
{
	return strlen(record) == OLD_ROW_CHARS &&
	    strspn(record, "0123456789abcdef") == OLD_ROW_CHARS;
}

static enum password_fit
check_old_row(const char *record, const void *password, size_t len,
    struct errbuf *err)
{
	const struct digest_part part = { password, len };
	uint8_t digest[DIGEST_BYTES];
	char hex[OLD_ROW_CHARS + 1];
	bool fits;

	if (digest_sha256(&part, 1, digest, err) != 0)
		return PASSWORD_FAILED;
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	fits = CRYPTO_memcmp(hex, record, OLD_ROW_CHARS) == 0;
	OPENSSL_cleanse(digest, sizeof(digest));
	OPENSSL_cleanse(hex, sizeof(hex));
	return fits ? PASSWORD_FITS_OLD : PASSWORD_DIFFERS;
}

static enum password_fit
check_record(const struct password_record *record,
    const struct scrypt_cost *cost, const void *password, size_t len,
    struct errbuf *err)
{
	struct password_record tried = *record;
	bool fits;

	if (hash(password, len, &tried, err) != 0)
		return PASSWORD_FAILED;
	fits = CRYPTO_memcmp(tried.hash, record->hash,
	    sizeof(tried.hash)) == 0;
	OPENSSL_cleanse(&tried, sizeof(tried));
	if (!fits)
		return PASSWORD_DIFFERS;
	return scrypt_cost_is_weaker(&record->cost, cost) ?
	    PASSWORD_FITS_OLD : PASSWORD_FITS;
}

enum password_fit
password_check(const struct scrypt_cost *cost, const char *record,
    const void *password, size_t len, struct errbuf *err)
{
	struct password_record parsed;
	enum password_fit fit;

	/* No record was made of a longer one. */
	if (len > PASSWORD_BYTES_MAX)
		return answer_late(PASSWORD_DIFFERS, cost, "", 0, err);
	if (record == NULL)
		return answer_late(PASSWORD_DIFFERS, cost, password, len, err);
	if (is_old_row(record)) {
		fit = check_old_row(record, password, len, err);
		/* One that fits takes as long when it is replaced. */
		return fit != PASSWORD_DIFFERS ? fit :
		    answer_late(fit, cost, password, len, err);
	}
	if (password_record_parse(record, &parsed, err) != 0)
		return answer_late(PASSWORD_BAD_RECORD, cost, password, len,
		    err);
	fit = check_record(&parsed, cost, password, len, err);
	OPENSSL_cleanse(&parsed, sizeof(parsed));
	return fit;
}
