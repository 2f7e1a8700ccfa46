/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/xml_text.h"

#include <errno.h>
#include <inttypes.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#define ENCODING "UTF-8" /* built into the library; of others it would look for converters */

void rf_xml_prepare(void)
{
	xmlInitParser();
}

static void check(struct rf_xml *xml, int result)
{
	if (result < 0)
		xml->error = -ENOMEM;
	else if ((size_t)xmlBufferLength(xml->buffer) > xml->limit)
		xml->error = -EFBIG;
}

void rf_xml_start(struct rf_xml *xml, size_t limit)
{
	*xml = (struct rf_xml){.limit = limit, .error = -ENOMEM, .buffer = xmlBufferCreate()};
	if (!xml->buffer)
		return;
	xmlBufferSetAllocationScheme(xml->buffer, XML_BUFFER_ALLOC_DOUBLEIT);
	xml->writer = xmlNewTextWriterMemory(xml->buffer, 0);
	if (!xml->writer || xmlTextWriterSetIndent(xml->writer, 1) < 0 ||
		xmlTextWriterSetIndentString(xml->writer, BAD_CAST "\t") < 0 ||
		xmlTextWriterStartDocument(xml->writer, NULL, ENCODING, NULL) < 0)
		return;
	xml->error = 0;
}

int rf_xml_finish(struct rf_xml *xml)
{
	if (!xml->error)
		check(xml, xmlTextWriterEndDocument(xml->writer));
	if (!xml->error)
		check(xml, xmlTextWriterFlush(xml->writer));
	return xml->error;
}

void rf_xml_free(struct rf_xml *xml)
{
	if (xml->writer)
		xmlFreeTextWriter(xml->writer);
	if (xml->buffer)
		xmlBufferFree(xml->buffer);
	*xml = (struct rf_xml){.error = -EINVAL};
}

void rf_xml_open(struct rf_xml *xml, const char *name)
{
	if (!xml->error)
		check(xml, xmlTextWriterStartElement(xml->writer, BAD_CAST name));
}

void rf_xml_close(struct rf_xml *xml)
{
	if (!xml->error)
		check(xml, xmlTextWriterEndElement(xml->writer));
}

void rf_xml_text(struct rf_xml *xml, const char *name, const char *text)
{
	if (!xml->error && !rf_xml_text_ok(text))
		xml->error = -EILSEQ;
	if (!xml->error)
		check(xml, xmlTextWriterWriteElement(xml->writer, BAD_CAST name, BAD_CAST text));
}

void rf_xml_bool(struct rf_xml *xml, const char *name, bool value)
{
	rf_xml_text(xml, name, value ? "true" : "false");
}

void rf_xml_unsigned(struct rf_xml *xml, const char *name, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	rf_xml_text(xml, name, text);
}

void rf_xml_signed(struct rf_xml *xml, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	rf_xml_text(xml, name, text);
}

void rf_xml_comment(struct rf_xml *xml, const char *text)
{
	if (!xml->error)
		check(xml, xmlTextWriterWriteComment(xml->writer, BAD_CAST text));
}

/* Bytes of the character at TEXT, 0 when it is none of UTF-8. */
static unsigned int read_character(const unsigned char *text, uint32_t *character)
{
	static const struct {
		uint8_t mask, lead;
		uint32_t least;
	} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (unsigned int more = 0; more < sizeof(forms) / sizeof(forms[0]); more++) {
		if ((text[0] & forms[more].mask) != forms[more].lead)
			continue;
		*character = text[0] & (uint8_t)~forms[more].mask;
		for (unsigned int i = 1; i <= more; i++) {
			/* The end of the text is no such byte either. */
			if ((text[i] & 0xc0) != 0x80)
				return 0;
			*character = *character << 6 | (text[i] & 0x3f);
		}
		return *character >= forms[more].least ? more + 1 : 0;
	}
	return 0;
}

static bool is_xml(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c < 0xd800 || (c >= 0xe000 && c != 0xfffe && c != 0xffff && c <= 0x10ffff);
}

bool rf_xml_text_ok(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		uint32_t character;
		unsigned int len = read_character(at, &character);

		if (!len || !is_xml(character))
			return false;
		at += len;
	}
	return true;
}
