/*
 * htmlfile - see htmlfile.h.
 */
#include "cli/htmlfile.h"

#include "cli/output.h"

#include <string.h>
#include <unistd.h>

enum { MAX_SUMMARY = 256 << 20, PIECE = 1 << 16 };

bool htmlfile_begin(struct htmlfile *h, const struct options *o, bool many)
{
    *h = (struct htmlfile){.path = o->html, .fd = -1, .many = many};
    tt_buf_init(&h->summary, MAX_SUMMARY);
    if (!o->html)
        return true;
    h->fd = create_file(o->html, o->force, 0);
    if (h->fd < 0)
        return false;
    h->parts = tmpfile();
    if (!h->parts)
        say("%s: no place for a temporary file", o->html);
    return h->parts != NULL;
}

void htmlfile_part(struct htmlfile *h, const char *part, size_t n,
                   const struct tt_html_line *line)
{
    if (h->fd < 0)
        return;
    h->n++;
    if (fwrite(part, 1, n, h->parts) != n)
        h->failed = true;
    if (h->many)
        tt_html_summary_line(&h->summary, line);
}

static bool put(struct htmlfile *h, struct tt_buf *b)
{
    bool good = !b->status && write_all(h->fd, tt_buf_text(b), b->n) == 0;

    tt_buf_clear(b);
    return good;
}

static bool put_parts(struct htmlfile *h)
{
    char piece[PIECE];
    size_t n;

    if (fflush(h->parts) || fseek(h->parts, 0, SEEK_SET))
        return false;
    while ((n = fread(piece, 1, sizeof(piece), h->parts)) > 0)
        if (write_all(h->fd, piece, n))
            return false;
    return !ferror(h->parts);
}

bool htmlfile_end(struct htmlfile *h)
{
    struct tt_buf b;
    bool good = !h->failed;

    if (h->fd >= 0 && h->parts) {
        tt_buf_init(&b, TT_HTML_PAGE);
        tt_html_head(&b, h->many ? "telltale: recordings" : "telltale");
        if (h->many)
            tt_html_summary_begin(&b);
        good = good && put(h, &b);
        good = good && put(h, &h->summary);
        if (h->many)
            tt_html_summary_end(&b);
        good = good && put(h, &b) && put_parts(h);
        tt_html_foot(&b);
        good = good && put(h, &b);
        tt_buf_release(&b);
        if (!good)
            say("%s: cannot write all of it", h->path);
    }
    if (h->fd >= 0 && close(h->fd))
        good = false;
    if (h->parts)
        (void)fclose(h->parts);
    tt_buf_release(&h->summary);
    h->fd = -1;
    h->parts = NULL;
    return good;
}
