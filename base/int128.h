/*
 * Integers of 128 bits: gcc and clang have them on every target we build for;
 * ISO C has them not.
 */
#ifndef BASE_INT128_H
#define BASE_INT128_H

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#endif
