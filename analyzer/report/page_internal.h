/*
 * Inside pages: their style.
 */
#ifndef ANALYZER_REPORT_PAGE_INTERNAL_H
#define ANALYZER_REPORT_PAGE_INTERNAL_H

extern const char page_style[];

#endif
