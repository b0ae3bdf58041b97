#include "analyzer/dashboard/blob.h"

#include <stdlib.h>
#include <string.h>

struct blob *
blob_new(const void *data, size_t n)
{
	struct blob *blob = n > SIZE_MAX - sizeof(*blob) ? NULL :
	    malloc(sizeof(*blob) + n);

	if (blob == NULL)
		return NULL;
	blob->holders = 1;
	blob->len = n;
	if (n > 0)
		memcpy(blob->data, data, n);
	return blob;
}

struct blob *
blob_hold(struct blob *blob)
{
	blob->holders++;
	return blob;
}

void
blob_drop(struct blob *blob)
{
	if (blob != NULL && --blob->holders == 0)
		free(blob);
}
