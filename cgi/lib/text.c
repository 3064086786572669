/* text: patterns for ILIKE, and headers as text. */
#include "text.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "encode.h"

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

char *text_clean(struct arena *a, const char *s, size_t most)
{
	size_t left = strlen(s);
	struct buf b;

	buf_init(&b, a);
	while (left) {
		size_t step = utf8_sequence(s, left), n = step ? step : 1;

		if (b.len + n > most)
			break;
		if (!step || iscntrl((unsigned char)*s))
			buf_puts(&b, "?");
		else
			buf_put(&b, s, n);
		s += n;
		left -= n;
	}
	return b.data;
}
