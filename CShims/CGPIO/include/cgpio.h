/* The GPIO character device of Linux (uapi version 2, kernel 5.10 and newer): ioctl numbers and variadic calls that
   Swift does not import. Every function returns 0 or more, or a negative errno. */
#ifndef CGPIO_H
#define CGPIO_H

#include <stdint.h>

/* Requests line `offset` of the chip at `path` as an input. Returns a descriptor that the caller closes. */
int cgpio_open_input(const char *path, uint32_t offset);

/* 1 where the line of `descriptor` is high, 0 where it is low. */
int cgpio_read(int descriptor);

#endif
