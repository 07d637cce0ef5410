/* SPDX-License-Identifier: GPL-2.0 */
/* For the host, where nobody writes beside the test. */
#define READ_ONCE(x)	(x)
