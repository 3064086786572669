/* text: small things done to text on its way into a statement. */
#ifndef GH_TEXT_H
#define GH_TEXT_H

#include <stddef.h>

struct arena;

/* An ILIKE pattern that finds `q` anywhere, whatever is in it; NULL for NULL or "". Arena. */
const char *text_like(struct arena *a, const char *q);
/* What a client said of itself in a header, as text that can be stored: at most `most` bytes, cut
 * between characters, with '?' for what is no UTF-8 or a control character. Arena. */
char *text_clean(struct arena *a, const char *s, size_t most);

#endif
