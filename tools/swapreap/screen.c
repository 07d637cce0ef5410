// SPDX-License-Identifier: GPL-2.0
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "command.h"
#include "output.h"
#include "screen.h"
#include "terminfo.h"

#define LABEL_WIDTH	12
#define TEXT_WIDTH	26

static SCREEN *screen;
static int row;

/*
 * A phone and a static binary have no descriptions of terminals. Nearly all
 * understand what xterm does, so its description is built in.
 */
static void describe_terminal(void)
{
	int found;

	if (getenv("TERM") && setupterm(NULL, STDOUT_FILENO, &found) == OK)
		return;
	setenv("TERM", "xterm", 1);
	setenv("TERMINFO", TERMINFO_XTERM, 1);
}

/**
 * screen_start() - take the terminal over
 *
 * Return: EXIT_FINE, or EXIT_UNSUPPORTED with the reason said.
 */
int screen_start(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error("watch needs a terminal (ssh -t, adb shell -t); swapreap status prints once");
		return EXIT_UNSUPPORTED;
	}
	describe_terminal();
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		error("terminal '%s' cannot show a screen; try TERM=xterm, or swapreap status",
		      getenv("TERM"));
		return EXIT_UNSUPPORTED;
	}
	cbreak();
	noecho();
	nodelay(stdscr, true);
	keypad(stdscr, true);
	curs_set(0);
	return EXIT_FINE;
}

void screen_end(void)
{
	endwin();
	delscreen(screen);
}

/**
 * screen_begin() - start over with an empty screen
 */
void screen_begin(void)
{
	erase();
	row = 0;
}

/**
 * screen_line() - the next line, as far as the screen is wide
 * @bold: whether it stands out
 * @format: as printf's
 */
void screen_line(bool bold, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (row >= LINES)
		return;
	attrset(bold ? A_BOLD : A_NORMAL);
	mvaddnstr(row++, 0, text, COLS);
	attrset(A_NORMAL);
}

/**
 * screen_text() - the next lines, broken between words
 * @text: as long as it likes
 */
void screen_text(const char *text)
{
	int width = COLS - 3;

	while (*text && width > 0) {
		int length = strlen(text), end = length;

		if (length > width)
			for (end = width; end > 0 && text[end] != ' '; end--)
				;
		if (!end)
			end = width;
		screen_line(false, "  %.*s", end, text);
		text += end;
		text += strspn(text, " ");
	}
}

/**
 * screen_bar() - the next line, as a bar
 * @label: in front of it
 * @part: of it that is filled, 0 to 1
 * @text: behind it
 */
void screen_bar(const char *label, double part, const char *text)
{
	int width = COLS - LABEL_WIDTH - TEXT_WIDTH - 6;
	char bar[256];
	int filled;

	if (width > (int)sizeof(bar) - 1)
		width = sizeof(bar) - 1;
	if (width < 5) {
		screen_line(false, "  %-*s %s", LABEL_WIDTH, label, text);
		return;
	}
	filled = part >= 1 ? width : part <= 0 ? 0 : part * width + 0.5;
	memset(bar, ' ', width);
	memset(bar, '#', filled);
	bar[width] = '\0';
	screen_line(false, "  %-*s [%s] %s", LABEL_WIDTH, label, bar, text);
}

int screen_lines_left(void)
{
	return LINES - row;
}

void screen_show(void)
{
	refresh();
}

/**
 * screen_wants_to_quit() - look at the keys that were pressed
 */
bool screen_wants_to_quit(void)
{
	bool quit = false;
	int key;

	while ((key = getch()) != ERR)
		quit |= key == 'q' || key == 'Q';
	return quit;
}
