/* pdf_file.cc - the only C++ here: poppler as C sees it. */
#include "parsers/pdf_file.h"
#include "parsers/symbols.h"

#include <string.h>
#include <time.h>

#include <memory>

#include <poppler/Annot.h>
#include <poppler/BBoxOutputDev.h>
#include <poppler/Catalog.h>
#include <poppler/ErrorCodes.h>
#include <poppler/FileSpec.h>
#include <poppler/Form.h>
#include <poppler/Gfx.h>
#include <poppler/GfxState.h>
#include <poppler/GlobalParams.h>
#include <poppler/PDFDoc.h>
#include <poppler/Page.h>
#include <poppler/Stream.h>
#include <poppler/TextOutputDev.h>
#include <poppler/UTF.h>

static constexpr int CHOICES_MAX = 1000;
static constexpr int ENTRIES_MAX = 1000; /* of a page: fields, and notes */
static constexpr int OBJECTS_MAX = 1000; /* of a page */
static constexpr int BLOCK = 4096;       /* bytes of a file taken at a time */
static constexpr guint RULES_MAX = 5000; /* of a page */
static constexpr double RULE_WIDTH = 3;  /* points at most, of a line that is drawn as a box */
static constexpr double RULE_LENGTH = 6; /* points at least */

struct PdfPage {
    PdfFile *file;
    Page *page;
};

struct PdfFile {
    std::unique_ptr<PDFDoc> document;
    clock_t until; /* CPU time of this process */
    PdfPage page;  /* the one that was asked for last */
    guint asked;   /* by poppler, whether it is to stop */
    bool late;
};

static Page *of(const PdfPage *page)
{
    return page->page;
}

/* What a stranger's file looks like to poppler is not for our log. */
static void say_nothing(ErrorCategory, Goffset, const char *)
{
}

/* --- the document ----------------------------------------------------------------------------- */

static const char *fault(int code)
{
    switch (code) {
    case errBadCatalog: return "Failed to read the document catalog";
    case errDamaged: return "PDF document is damaged";
    case errEncrypted: return "Document is encrypted";
    default: return "Failed to load document";
    }
}

PdfFile *pdf_file_open(const char *bytes, gsize length, guint seconds, const char **why, gboolean *locked)
{
    const clock_t until = clock() + static_cast<clock_t>(seconds) * CLOCKS_PER_SEC;
    static const GlobalParamsIniter params(say_nothing);
    auto document =
        std::make_unique<PDFDoc>(new MemStream(bytes, 0, static_cast<Goffset>(length), Object(objNull)));
    *why = document->isOk() ? nullptr : fault(document->getErrorCode());
    *locked = *why && document->getErrorCode() == errEncrypted;
    return *why ? nullptr : new PdfFile{std::move(document), until, {}, 0, false};
}

void pdf_file_close(PdfFile *file)
{
    delete file;
}

gboolean pdf_file_is_late(const PdfFile *file)
{
    return file->late;
}

int pdf_file_n_pages(PdfFile *file)
{
    return file->document->getNumPages();
}

PdfPage *pdf_file_page(PdfFile *file, int number)
{
    file->late = file->late || clock() > file->until;
    file->page = {file, file->late ? nullptr : file->document->getPage(number + 1)};
    return of(&file->page) ? &file->page : nullptr;
}

/* Poppler asks every few operators, and a clock takes as long to read as an operator. */
static bool shall_stop(void *data)
{
    static constexpr guint SELDOM = 64;
    PdfFile *file = static_cast<PdfFile *>(data);
    if (!file->late && ++file->asked % SELDOM == 0) file->late = clock() > file->until;
    return file->late;
}

/* --- text ------------------------------------------------------------------------------------- */

/* poppler selects, in reading order, from the block that is nearest to the one corner to that nearest to the
 * other. Corners of the page itself lose turned text, and blocks that come first in order but not in place.
 */
static PDFRectangle everything(const Page *page)
{
    static constexpr double BEYOND = 10000; /* points */
    const bool turned = page->getRotate() == 90 || page->getRotate() == 270;
    const double width = page->getCropWidth(), height = page->getCropHeight();
    return {-BEYOND, -BEYOND, (turned ? height : width) + BEYOND, (turned ? width : height) + BEYOND};
}

/* What is found out about the characters of a page, one after the other. */
struct Characters {
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PdfRectangle));
    GPtrArray *fonts = g_ptr_array_new(); /* static names of fonts of symbols, NULL of others */
    const GooString *last = nullptr;      /* the font looked up last, */
    const char *last_known = nullptr;     /* and what it is */

    void add(double x1, double y1, double x2, double y2, const char *font = nullptr)
    {
        const PdfRectangle place = {x1, y1, x2, y2};
        g_array_append_val(places, place);
        g_ptr_array_add(fonts, const_cast<char *>(font));
    }

    /* ABCDEF+Wingdings2 is what a program calls the part of it that the file has. */
    const char *known(const GooString *name)
    {
        if (name == last) return last_known;
        const char *begin = name ? name->c_str() : "", *plus = strchr(begin, '+');
        if (plus) begin = plus + 1;
        last = name;
        return last_known = symbol_font(begin, strlen(begin));
    }
};

/* One place for each character, for the space behind a word, and for the end of a line but the last. */
static void add_line(Characters *all, const std::vector<TextWordSelection *> &words, bool last)
{
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0, next_x1, unused;
    for (std::size_t i = 0; i < words.size(); i++) {
        const TextWord *word = words[i]->getWord();
        for (int k = words[i]->getBegin(); k < words[i]->getEnd(); k++) {
            word->getCharBBox(k, &x1, &y1, &x2, &y2);
            all->add(x1, y1, x2, y2, all->known(word->getFontName(k)));
        }
        word->getBBox(&x1, &y1, &x2, &y2);
        if (!word->hasSpaceAfter() || i + 1 == words.size()) continue;
        words[i + 1]->getWord()->getBBox(&next_x1, &unused, &unused, &unused);
        all->add(x2, y1, next_x1, y2);
    }
    if (!last) all->add(x2, y2, x2, y2);
}

static void add_characters(Characters *all, TextPage *text, const PDFRectangle *area)
{
    int n = 0;
    std::vector<TextWordSelection *> **lines = text->getSelectionWords(area, selectionStyleGlyph, &n);
    for (int i = 0; lines && i < n; i++) {
        add_line(all, *lines[i], i + 1 == n);
        for (TextWordSelection *word : *lines[i]) delete word;
        delete lines[i];
    }
    gfree(lines);
}

/* The whole page is shown to `device`, as on a screen, with or without its notes. Gfx tells the device of the
 * end of the page when it goes. */
static void show(const PdfPage *page, OutputDev *device, gboolean notes)
{
    if (notes) {
        of(page)->displaySlice(device, 72, 72, 0, false, true, -1, -1, -1, -1, false, shall_stop, page->file);
        return;
    }
    const std::unique_ptr<Gfx> gfx(
        of(page)->createGfx(device, 72, 72, 0, false, true, -1, -1, -1, -1, false, shall_stop, page->file));
    of(page)->display(gfx.get());
}

namespace
{

/* Text, and the level and upright lines that are drawn beside it. */
class PageDev : public TextOutputDev
{
  public:
    explicit PageDev(GArray *found) : TextOutputDev(nullptr, true, 0, false, false), rules(found)
    {
    }
    void stroke(GfxState *state) override
    {
        for (int i = 0; rules && i < state->getPath()->getNumSubpaths(); i++) {
            const GfxSubpath *path = state->getPath()->getSubpath(i);
            for (int k = 1; k < path->getNumPoints(); k++)
                if (!path->getCurve(k)) add(state, path, k - 1, k);
        }
    }
    void fill(GfxState *state) override
    {
        for (int i = 0; rules && i < state->getPath()->getNumSubpaths(); i++) {
            const GfxSubpath *path = state->getPath()->getSubpath(i);
            if (path->getNumPoints() <= 6) add(state, path, 0, path->getNumPoints() - 1);
        }
    }
    void eoFill(GfxState *state) override
    {
        fill(state);
    }

  private:
    GArray *const rules;

    /* The box around some points of a path, if it is narrow enough for a line. */
    void add(GfxState *state, const GfxSubpath *path, int first, int last)
    {
        double x, y, x1 = 0, y1 = 0, x2 = 0, y2 = 0;
        for (int i = first; i <= last; i++) {
            if (path->getCurve(i)) return;
            state->transform(path->getX(i), path->getY(i), &x, &y);
            x1 = i == first ? x : MIN(x1, x);
            y1 = i == first ? y : MIN(y1, y);
            x2 = i == first ? x : MAX(x2, x);
            y2 = i == first ? y : MAX(y2, y);
        }
        const bool line = MIN(x2 - x1, y2 - y1) <= RULE_WIDTH && MAX(x2 - x1, y2 - y1) >= RULE_LENGTH;
        const PdfRectangle rule = {x1, y1, x2, y2};
        if (line && rules->len < RULES_MAX) g_array_append_val(rules, rule);
    }
};

} // namespace

char *pdf_page_text(PdfPage *page, gboolean entries, PdfRectangle **places, guint *n, GArray *rules)
{
    PageDev device(rules);
    show(page, &device, entries);
    TextPage *text = device.takeText();
    const PDFRectangle area = everything(of(page));
    const std::unique_ptr<GooString> selected(text->getSelectionText(&area, selectionStyleGlyph));
    Characters all;
    add_characters(&all, text, &area);
    text->decRefCnt();
    char *shown = symbol_page(selected->c_str(), all.fonts);
    *n = all.places->len;
    *places = reinterpret_cast<PdfRectangle *>(g_array_free(all.places, FALSE));
    g_ptr_array_unref(all.fonts);
    return shown;
}

/* --- forms and notes -------------------------------------------------------------------------- */

static void entry_free(gpointer data)
{
    PdfEntry *entry = static_cast<PdfEntry *>(data);
    g_free(entry->name);
    g_free(entry->text);
    g_free(entry);
}

/* From the file's axes, which begin below on the left. */
static PdfRectangle place_of(const Page *page, double x1, double y1, double x2, double y2)
{
    const PDFRectangle *crop = page->getCropBox();
    const bool turned = page->getRotate() == 90 || page->getRotate() == 270;
    const double height = (turned ? page->getCropWidth() : page->getCropHeight()) + crop->y1;
    return {MIN(x1, x2) - crop->x1, height - MAX(y1, y2), MAX(x1, x2) - crop->x1, height - MIN(y1, y2)};
}

static PdfEntry *add_entry(GPtrArray *entries, const PdfRectangle &place)
{
    PdfEntry *entry = g_new0(PdfEntry, 1);
    entry->place = place;
    g_ptr_array_add(entries, entry);
    return entry;
}

/* As UTF-8; NULL if there is none. */
static char *utf8(const GooString *text)
{
    if (!text) return nullptr;
    Unicode *characters = nullptr;
    const int n = TextStringToUCS4(text->toStr(), &characters);
    char *result =
        g_ucs4_to_utf8(reinterpret_cast<const gunichar *>(characters), n, nullptr, nullptr, nullptr);
    gfree(characters);
    return result;
}

/* What was typed, else all that is chosen. */
static char *choice_of(const FormWidgetChoice *choice)
{
    char *typed = utf8(choice->getEditChoice());
    if (typed && *typed) return typed;
    g_free(typed);
    GString *chosen = g_string_new(nullptr);
    for (int i = 0; i < MIN(choice->getNumChoices(), CHOICES_MAX); i++) {
        if (!choice->isSelected(i)) continue;
        char *item = utf8(choice->getChoice(i));
        g_string_append_printf(chosen, "%s%s", chosen->len > 0 ? "、" : "", item ? item : "");
        g_free(item);
    }
    return g_string_free(chosen, FALSE);
}

static void read_value(FormWidget *widget, PdfEntry *entry)
{
    if (widget->getType() == formText)
        entry->text = utf8(static_cast<FormWidgetText *>(widget)->getContent());
    else if (widget->getType() == formChoice)
        entry->text = choice_of(static_cast<FormWidgetChoice *>(widget));
    else if (widget->getType() == formButton) {
        const FormWidgetButton *button = static_cast<FormWidgetButton *>(widget);
        entry->box = button->getButtonType() != formButtonPush;
        if (entry->box) entry->text = g_strdup(button->getState() ? SYMBOL_CHECKED : SYMBOL_UNCHECKED);
    }
}

static void add_fields(Page *page, GPtrArray *entries)
{
    const std::unique_ptr<FormPageWidgets> widgets = page->getFormWidgets();
    for (int i = 0; widgets && i < MIN(widgets->getNumWidgets(), ENTRIES_MAX); i++) {
        FormWidget *widget = widgets->getWidget(i);
        double x1, y1, x2, y2;
        widget->getRect(&x1, &y1, &x2, &y2);
        PdfEntry *entry = add_entry(entries, place_of(page, x1, y1, x2, y2));
        char *name = utf8(widget->getAlternateUiName());
        entry->name = name ? name : utf8(widget->getPartialName());
        read_value(widget, entry);
    }
}

GPtrArray *pdf_page_entries(PdfPage *page)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func(entry_free);
    add_fields(of(page), entries);
    guint most = entries->len + ENTRIES_MAX;
    for (const Annot *note : of(page)->getAnnots()->getAnnots()) {
        if (note->getType() != Annot::typeFreeText && note->getType() != Annot::typeStamp) continue;
        if (entries->len == most) break;
        const PDFRectangle *rect = &note->getRect();
        PdfEntry *entry = add_entry(entries, place_of(of(page), rect->x1, rect->y1, rect->x2, rect->y2));
        if (note->getType() == Annot::typeFreeText) entry->text = utf8(note->getContents());
    }
    return entries;
}

/* --- what is drawn ---------------------------------------------------------------------------- */

namespace
{

/* Sees that something is shaded, and leaves it at that: poppler would draw shades as thousands of areas. */
template <class Device> class Unshaded : public Device
{
  public:
    bool shaded = false;

    bool useShadedFills(int) override
    {
        return true;
    }
    bool functionShadedFill(GfxState *, GfxFunctionShading *) override
    {
        return shaded = true;
    }
    bool axialShadedFill(GfxState *, GfxAxialShading *, double, double) override
    {
        return shaded = true;
    }
    bool radialShadedFill(GfxState *, GfxRadialShading *, double, double) override
    {
        return shaded = true;
    }
    bool gouraudTriangleShadedFill(GfxState *, GfxGouraudTriangleShading *) override
    {
        return shaded = true;
    }
    bool patchMeshShadedFill(GfxState *, GfxPatchMeshShading *) override
    {
        return shaded = true;
    }
};

/* Sees pictures, and no more of what is drawn than it must. */
class PictureDev : public Unshaded<OutputDev>
{
  public:
    bool any = false;

    bool upsideDown() override
    {
        return true;
    }
    bool useDrawChar() override
    {
        return false;
    }
    bool interpretType3Chars() override
    {
        return false;
    }
    bool useTilingPatternFill() override
    {
        return true;
    }
    bool tilingPatternFill(GfxState *, Gfx *, Catalog *, GfxTilingPattern *, const double *, int, int, int,
                           int, double, double) override
    {
        return true;
    }
    void drawImageMask(GfxState *state, Object *ref, Stream *str, int width, int height, bool invert,
                       bool interpolate, bool in_line) override
    {
        any = true;
        OutputDev::drawImageMask(state, ref, str, width, height, invert, interpolate, in_line);
    }
    void setSoftMaskFromImageMask(GfxState *, Object *, Stream *, int, int, bool, bool, double *) override
    {
        any = true;
    }
    void drawImage(GfxState *state, Object *ref, Stream *str, int width, int height,
                   GfxImageColorMap *colours, bool interpolate, const int *mask, bool in_line) override
    {
        any = true;
        OutputDev::drawImage(state, ref, str, width, height, colours, interpolate, mask, in_line);
    }
    void drawMaskedImage(GfxState *, Object *, Stream *, int, int, GfxImageColorMap *, bool, Stream *, int,
                         int, bool, bool) override
    {
        any = true;
    }
    void drawSoftMaskedImage(GfxState *, Object *, Stream *, int, int, GfxImageColorMap *, bool, Stream *,
                             int, int, GfxImageColorMap *, bool) override
    {
        any = true;
    }
};

/* Where anything is drawn but white space, and letters that are there to be searched for. */
class InkDev : public Unshaded<BBoxOutputDev>
{
  public:
    void drawChar(GfxState *state, double x, double y, double dx, double dy, double origin_x, double origin_y,
                  CharCode code, int bytes, const Unicode *u, int n) override
    {
        static constexpr int INVISIBLE = 3; /* ISO 32000-1, 9.3.6 */
        int spaces = 0;
        for (int i = 0; i < n; i++) spaces += g_unichar_isspace(u[i]) ? 1 : 0;
        if ((n > 0 && spaces == n) || state->getRender() == INVISIBLE) return;
        BBoxOutputDev::drawChar(state, x, y, dx, dy, origin_x, origin_y, code, bytes, u, n);
    }
};

} // namespace

/* Showing a picture in JPEG 2000 means decoding it, to learn its colours: seconds, for a scan. That it is
 * there must do. */
static bool has_jpeg2000(Page *page)
{
    Dict *resources = page->getResourceDict();
    const Object objects = resources ? resources->lookup("XObject") : Object(objNull);
    for (int i = 0; objects.isDict() && i < MIN(objects.dictGetLength(), OBJECTS_MAX); i++) {
        const Object object = objects.getDict()->getVal(i);
        if (object.isStream() && object.getStream()->getKind() == strJPX) return true;
    }
    return false;
}

gboolean pdf_page_has_picture(PdfPage *page)
{
    if (has_jpeg2000(of(page))) return TRUE;
    PictureDev device;
    show(page, &device, FALSE);
    return device.any;
}

gboolean pdf_page_has_ink(PdfPage *page)
{
    InkDev device;
    show(page, &device, TRUE);
    return device.shaded ||
           (device.getHasGraphics() && device.getX2() > device.getX1() && device.getY2() > device.getY1());
}

/* --- files ------------------------------------------------------------------------------------ */

guint pdf_file_n_files(PdfFile *file)
{
    Catalog *catalog = file->document->getCatalog();
    return catalog && catalog->isOk() ? static_cast<guint>(MAX(0, catalog->numEmbeddedFiles())) : 0;
}

gboolean pdf_file_read_file(PdfFile *file, guint number, char **name, gboolean *whole, PdfTake take,
                            gpointer data)
{
    const std::unique_ptr<FileSpec> spec =
        file->document->getCatalog()->embeddedFile(static_cast<int>(number));
    EmbFile *embedded = spec && spec->isOk() ? spec->getEmbeddedFile() : nullptr;
    Stream *stream = embedded ? embedded->stream() : nullptr;
    if (!stream) return FALSE;
    *name = utf8(spec->getFileName());
    *whole = TRUE;
    stream->reset();
    unsigned char block[BLOCK];
    for (int n = 0; *whole && (n = stream->doGetChars(BLOCK, block)) > 0;)
        *whole = take(reinterpret_cast<const char *>(block), static_cast<gsize>(n), data);
    return TRUE;
}
