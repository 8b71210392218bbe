/* ncurses, wide, for Swift: what its macros and variadic functions hide from the importer.
 * Numbers and pointers only; whatever decides anything is in Terminal. */
#ifndef AGENTDASH_CNCURSES_H
#define AGENTDASH_CNCURSES_H

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1 /* else wget_wch, cchar_t and setcchar do not exist */
#endif
#include <ncursesw/curses.h>
#include <stdio.h>

/* From <term.h>, whose macros would rename half of the program. */
extern int setupterm(const char *name, int descriptor, int *status);

static inline WINDOW *shim_stdscr(void) { return stdscr; }
static inline int shim_color_pairs(void) { return COLOR_PAIRS; }
static inline int shim_lines(void) { return LINES; }
static inline int shim_columns(void) { return COLS; }

static const attr_t SHIM_A_BOLD = A_BOLD;
static const attr_t SHIM_A_DIM = A_DIM;
static const attr_t SHIM_A_REVERSE = A_REVERSE;
static const attr_t SHIM_A_UNDERLINE = A_UNDERLINE;

static const int SHIM_CCHAR_MAX = CCHARW_MAX;

/* Pair numbers above 32767 travel in `opts`. Text ends with 0. */
static inline int shim_set_cell(cchar_t *cell, const wchar_t *text, attr_t attributes, int pair) {
    return setcchar(cell, text, attributes, (short)(pair > 32767 ? 0 : pair), &pair);
}

static inline int shim_set_scalar(cchar_t *cell, wchar_t scalar, attr_t attributes, int pair) {
    const wchar_t text[2] = {scalar, 0};
    return shim_set_cell(cell, text, attributes, pair);
}

/* A terminfo string, or NULL where the terminal lacks it. */
static inline const char *shim_capability(const char *name) {
    const char *value = tigetstr(name);
    return value == (const char *)-1 ? NULL : value;
}

/* 0 nothing of interest, 1 click, 2 wheel up, 3 wheel down. */
static inline int shim_mouse(int *x, int *y) {
    MEVENT event;
    if (getmouse(&event) != OK)
        return 0;
    *x = event.x;
    *y = event.y;
    if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
        return 1;
    if (event.bstate & BUTTON4_PRESSED)
        return 2;
#if NCURSES_MOUSE_VERSION > 1
    if (event.bstate & BUTTON5_PRESSED)
        return 3;
#endif
    return 0;
}

static inline void shim_enable_mouse(void) {
    mmask_t wanted = BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED;
#if NCURSES_MOUSE_VERSION > 1
    wanted |= BUTTON5_PRESSED;
#endif
    mousemask(wanted, NULL);
    mouseinterval(0); /* a press counts at once, without waiting for its release */
}

#endif
