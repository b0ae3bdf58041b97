/*
 * Giving up what the program may do more than its user.
 */
#ifndef BASE_PRIVILEGES_H
#define BASE_PRIVILEGES_H

#include "base/errbuf.h"

/*
 * For good: under sudo, or where the program is set-user-ID, the ids become the
 * user's; then all capabilities go, and no program that is run later gets any
 * back.  Root without sudo stays root, with the rights of its files alone.
 * With one thread only; before files are opened that should be the user's.  -1
 * with the reason: then some of them may still be there.
 */
int privileges_drop(struct errbuf *err);

#endif
