#include "chat/terminal/rows.h"

void
rows_add(struct rows *rows, const wchar_t *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int width = wcwidth(text[i]);
		size_t w = width < 0 ? 0 : (size_t)width;

		if (rows->column + w > rows->columns) {
			rows->row++;
			rows->column = 0;
		}
		rows->column += w;
		if (rows->column >= rows->columns) {
			rows->row++;
			rows->column = 0;
		}
	}
}
