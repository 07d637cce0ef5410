/* SPDX-License-Identifier: GPL-2.0 */
/* The test is built once for each page size, with -DPAGE_SIZE. */
