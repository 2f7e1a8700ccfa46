/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes an indented XML document to memory. Errors are sticky: after the first nothing more is written, and
 * rf_xml_finish() tells. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_XML_TEXT_H
#define RF_SESSIOND_CLIENT_XML_TEXT_H

#include <libxml/xmlwriter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rf_xml {
	xmlBufferPtr buffer;
	xmlTextWriterPtr writer;
	size_t limit;
	int error; /* 0, or a negative errno */
};

/* What the library opens, it opens now: to be called before the sandbox is entered. */
void rf_xml_prepare(void);

/* A document of at most LIMIT bytes. Always to be ended with rf_xml_free(). */
void rf_xml_start(struct rf_xml *xml, size_t limit);
/* 0 when all is in xml->buffer. -ENOMEM, -EFBIG, -EILSEQ (a text had characters that XML has no way to write). */
int rf_xml_finish(struct rf_xml *xml);
void rf_xml_free(struct rf_xml *xml);

void rf_xml_open(struct rf_xml *xml, const char *name);
void rf_xml_close(struct rf_xml *xml);
/* Elements without children. */
void rf_xml_text(struct rf_xml *xml, const char *name, const char *text);
void rf_xml_bool(struct rf_xml *xml, const char *name, bool value);
void rf_xml_unsigned(struct rf_xml *xml, const char *name, uint64_t value);
void rf_xml_signed(struct rf_xml *xml, const char *name, int64_t value);
void rf_xml_comment(struct rf_xml *xml, const char *text);

/* UTF-8 of which every character may stand in an XML 1.0 document. */
bool rf_xml_text_ok(const char *text);

#endif
