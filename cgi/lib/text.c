/* text: patterns for ILIKE. */
#include "text.h"

#include <string.h>

#include "buf.h"

const char *text_like(struct arena *a, const char *q)
{
	struct buf b;

	if (!q || !*q)
		return NULL;
	buf_init(&b, a);
	buf_puts(&b, "%");
	for (; *q; q++) {
		if (strchr("\\%_", *q))
			buf_puts(&b, "\\");
		buf_put(&b, q, 1);
	}
	buf_puts(&b, "%");
	return b.data;
}
