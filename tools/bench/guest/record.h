/* SPDX-License-Identifier: GPL-2.0 */
/* What was measured, an object of JSON a line. */
#ifndef RECORD_H
#define RECORD_H

void record_begin(void);
void record_long(const char *name, long value);
void record_longs(const char *name, const long *values, int count);
/* @value needs no quoting. */
void record_string(const char *name, const char *value);
/* Opens an object of that name; what follows goes there, until record_close(). */
void record_open(const char *name);
void record_close(void);
void record_end(void);

#endif
