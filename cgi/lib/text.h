/* text: small things done to text on its way into a statement. */
#ifndef GH_TEXT_H
#define GH_TEXT_H

struct arena;

/* An ILIKE pattern that finds `q` anywhere, whatever is in it; NULL for NULL or "". Arena. */
const char *text_like(struct arena *a, const char *q);

#endif
