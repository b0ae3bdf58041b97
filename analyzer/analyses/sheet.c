#include "analyzer/analyses/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define COLUMNS(list)	(list), sizeof(list) / sizeof((list)[0])

#define AT(row, name, type, field, unit, meaning) \
	{ name, type, offsetof(struct row, field), unit, meaning }
#define TEXT(row, name, meaning) \
	AT(row, #name, COLUMN_TEXT, name, "", meaning)
#define COUNT(row, name, unit, meaning) \
	AT(row, #name, COLUMN_U64, name, unit, meaning)
#define TIME(row, name, field, meaning) \
	AT(row, name, COLUMN_I64, field, "ns", meaning)
#define NUMBER(row, name, field, meaning) \
	AT(row, name, COLUMN_U64, field, "", meaning)
/* The address and the port of one end. */
#define END(row, end, meaning) \
	AT(row, #end "_ip", COLUMN_IP, end.ip, "", "address of " meaning), \
	AT(row, #end "_port", COLUMN_U64, end.port, "", "port of " meaning)
#define FILE_OF(row) \
	TEXT(row, file, "the capture in which it can be seen")

static const struct column capture_columns[] = {
	TEXT(sheet_capture, file, "the capture"),
	AT(sheet_capture, "host_ip", COLUMN_IP, host, "",
	    "the host where it was taken: an end of nearly all its packets"),
	COUNT(sheet_capture, packets, "packets", "all of them"),
	COUNT(sheet_capture, connections, "connections", "of TCP"),
};

static const struct column host_columns[] = {
	TEXT(sheet_host, role, "server, client or peer"),
	AT(sheet_host, "ip", COLUMN_IP, ip, "", "its address"),
	TEXT(sheet_host, name, "its name, where one is known"),
};

static const struct column handshake_columns[] = {
	END(sheet_handshake, client, "the client"),
	END(sheet_handshake, server, "the server"),
	NUMBER(sheet_handshake, "syn_seq", syn.seq,
	    "sequence number of the SYN, as it is on the wire"),
	NUMBER(sheet_handshake, "synack_seq", synack.seq,
	    "sequence number of the SYN-ACK"),
	NUMBER(sheet_handshake, "synack_ack", synack.ack,
	    "acknowledgement number of the SYN-ACK"),
	NUMBER(sheet_handshake, "ack_seq", ack.seq,
	    "sequence number of the ACK"),
	NUMBER(sheet_handshake, "ack_ack", ack.ack,
	    "acknowledgement number of the ACK"),
	FILE_OF(sheet_handshake),
	NUMBER(sheet_handshake, "syn_frame", syn.frame, "frame of the SYN"),
	NUMBER(sheet_handshake, "synack_frame", synack.frame,
	    "frame of the SYN-ACK"),
	NUMBER(sheet_handshake, "ack_frame", ack.frame, "frame of the ACK"),
	TIME(sheet_handshake, "syn_time_ns", syn.time_ns, "time of the SYN"),
	TIME(sheet_handshake, "synack_time_ns", synack.time_ns,
	    "time of the SYN-ACK"),
	TIME(sheet_handshake, "ack_time_ns", ack.time_ns, "time of the ACK"),
};

static const struct column udp_columns[] = {
	COUNT(sheet_udp, fields, "", "fields of the header"),
	COUNT(sheet_udp, field_bytes, "bytes", "length of each field"),
	COUNT(sheet_udp, header_bytes, "bytes", "length of the header"),
	COUNT(sheet_udp, max_payload_bytes, "bytes",
	    "most payload that the length field allows"),
	COUNT(sheet_udp, max_payload_ipv4_bytes, "bytes",
	    "most payload over IPv4, whose own header takes 20 bytes"),
	COUNT(sheet_udp, min_port, "", "the smallest port number"),
	COUNT(sheet_udp, max_port, "", "the largest port number"),
	COUNT(sheet_udp, protocol_number, "", "of UDP in the IP header"),
};

static const struct column datagram_columns[] = {
	END(sheet_datagram, src, "its sender"),
	END(sheet_datagram, dst, "its receiver"),
	COUNT(sheet_datagram, length, "bytes",
	    "of its header and payload: the length field"),
	TEXT(sheet_datagram, checksum, "the checksum field, in hex"),
	TEXT(sheet_datagram, checksum_status, "is its checksum right"),
	COUNT(sheet_datagram, payload_bytes, "bytes", "of its payload"),
	TEXT(sheet_datagram, preview, "begin of its payload"),
	FILE_OF(sheet_datagram),
	COUNT(sheet_datagram, frame, "", "its frame"),
	TIME(sheet_datagram, "time_ns", time_ns, "its time"),
};

static const struct column dns_columns[] = {
	END(sheet_dns, client, "the client of the connection"),
	END(sheet_dns, server, "the server of the connection"),
	TEXT(sheet_dns, question, "the name that was asked for before it"),
	TEXT(sheet_dns, type, "what was asked for: A, AAAA"),
	AT(sheet_dns, "answer_ip", COLUMN_IP, answer, "",
	    "the address that the answer gave"),
	FILE_OF(sheet_dns),
	COUNT(sheet_dns, question_frame, "", "frame of the question"),
	COUNT(sheet_dns, answer_frame, "", "frame of the answer"),
	AT(sheet_dns, "before_s", COLUMN_SECONDS, before, "s",
	    "from the answer to the SYN"),
};

static const struct column socket_columns[] = {
	END(sheet_socket, client, "the client"),
	END(sheet_socket, server, "the server"),
	COUNT(sheet_socket, syn_seq, "", "sequence number of the SYN"),
	COUNT(sheet_socket, synack_seq, "", "sequence number of the SYN-ACK"),
	TEXT(sheet_socket, close, "how the connection was closed"),
	FILE_OF(sheet_socket),
	COUNT(sheet_socket, syn_frame, "", "frame of the SYN"),
	TIME(sheet_socket, "opened_time_ns", opened_ns,
	    "when the handshake was complete"),
	TIME(sheet_socket, "closed_time_ns", closed_ns,
	    "the second FIN or the RST"),
};

static const struct column listening_columns[] = {
	END(sheet_listening, server, "the listening socket"),
	COUNT(sheet_listening, connections, "connections", "that came to it"),
};

static const struct column concurrent_columns[] = {
	AT(sheet_concurrent, "server_ip", COLUMN_IP, server_ip, "",
	    "the server"),
	COUNT(sheet_concurrent, max_connections, "connections",
	    "most that the server held at once"),
	COUNT(sheet_concurrent, all_connections, "connections",
	    "that the server held at any time"),
	FILE_OF(sheet_concurrent),
	TIME(sheet_concurrent, "time_ns", time_ns,
	    "when there were that many for the first time"),
};

static const struct column stream_columns[] = {
	TEXT(sheet_stream, protocol, "tcp or udp"),
	END(sheet_stream, a, "one end: the client, or who sent first"),
	END(sheet_stream, b, "the other end"),
	TEXT(sheet_stream, clear_text, "can it be read: yes, no or mixed"),
	TEXT(sheet_stream, a_clear_text, "can be read what a sends"),
	TEXT(sheet_stream, b_clear_text, "can be read what b sends"),
	TEXT(sheet_stream, application, "what it carries"),
	TEXT(sheet_stream, why, "what shows it"),
	FILE_OF(sheet_stream),
	COUNT(sheet_stream, flow, "", "its number in that capture"),
};

static const struct column diagram_columns[] = {
	TEXT(sheet_diagram, command, "the command that draws it"),
	COUNT(sheet_diagram, packets, "packets",
	    "in all captures, those seen by several counted each time"),
};

static const struct column note_columns[] = {
	TEXT(sheet_note, text, "what is doubtful or contradictory"),
};

/* `text`: the columns of a list that the text has room for. */
#define TABLE(name, row_is, list, text) \
	static const struct table name##_table = { #name, row_is, \
	    COLUMNS(list), text }

TABLE(captures, "a capture", capture_columns, NULL);
TABLE(hosts, "a host", host_columns, NULL);
TABLE(handshake, "a connection", handshake_columns, NULL);
TABLE(udp, "a protocol", udp_columns, NULL);
TABLE(datagram, "a datagram", datagram_columns, NULL);
TABLE(dns, "a connection", dns_columns,
    "client_ip,client_port,question,type,answer_ip,before_s");
TABLE(sockets, "a connection", socket_columns,
    "client_ip,client_port,server_ip,server_port,syn_seq,close");
TABLE(listening, "a listening socket", listening_columns, NULL);
TABLE(concurrent, "a server", concurrent_columns, NULL);
TABLE(streams, "a conversation", stream_columns,
    "protocol,a_ip,a_port,b_ip,b_port,application,clear_text,why");
TABLE(diagram, "a diagram", diagram_columns, NULL);
TABLE(notes, "a remark", note_columns, NULL);

const struct sheet_section sheet_sections[SHEET_PARTS] = {
	[SHEET_CAPTURES] = { &captures_table, sizeof(struct sheet_capture),
	    true, "Captures" },
	[SHEET_HOSTS] = { &hosts_table, sizeof(struct sheet_host), true,
	    "Hosts" },
	[SHEET_HANDSHAKE] = { &handshake_table,
	    sizeof(struct sheet_handshake), false,
	    "4.1 The first TCP connection between client and server" },
	[SHEET_UDP] = { &udp_table, sizeof(struct sheet_udp), false,
	    "4.2 The UDP header" },
	[SHEET_DATAGRAM] = { &datagram_table, sizeof(struct sheet_datagram),
	    false, "A datagram of these captures" },
	[SHEET_DNS] = { &dns_table, sizeof(struct sheet_dns), true,
	    "DNS before each connection" },
	[SHEET_SOCKETS] = { &sockets_table, sizeof(struct sheet_socket), true,
	    "Socket pairs" },
	[SHEET_LISTENING] = { &listening_table,
	    sizeof(struct sheet_listening), true, "Listening sockets" },
	[SHEET_CONCURRENT] = { &concurrent_table,
	    sizeof(struct sheet_concurrent), false,
	    "Connections that the server held at once" },
	[SHEET_STREAMS] = { &streams_table, sizeof(struct sheet_stream), true,
	    "Clear text" },
	[SHEET_DIAGRAM] = { &diagram_table, sizeof(struct sheet_diagram),
	    false, "Sequence diagram" },
	[SHEET_NOTES] = { &notes_table, sizeof(struct sheet_note), true,
	    "Notes" },
};

void
sheet_reset(struct sheet *sheet)
{
	for (size_t i = 0; i < SHEET_PARTS; i++)
		free(sheet->parts[i].data);
	for (size_t i = 0; i < sheet->text_count; i++)
		free(sheet->texts[i]);
	free(sheet->texts);
	*sheet = (struct sheet){ 0 };
}

static void
undefine(void *cell, enum column_type type)
{
	switch (type) {
	case COLUMN_U64:
		*(uint64_t *)cell = TABLE_NO_U64;
		return;
	case COLUMN_I64:
		*(int64_t *)cell = TABLE_NO_I64;
		return;
	case COLUMN_SECONDS:
	case COLUMN_DECIMAL:
		*(int128 *)cell = TABLE_NO_PS;
		return;
	case COLUMN_TIME:
		((struct table_time *)cell)->ns = TABLE_NO_I64;
		return;
	case COLUMN_TEXT:
	case COLUMN_STRING:
	case COLUMN_IP:
		return;		/* zeros are */
	}
}

/* The last notes are about what was cut. */
static bool
is_full(const struct sheet *sheet, enum sheet_part part)
{
	size_t room = part != SHEET_NOTES || sheet->complete ?
	    SHEET_ENTRIES_MAX : SHEET_ENTRIES_MAX - SHEET_PARTS;

	return sheet_sections[part].list && sheet->parts[part].count >= room;
}

void *
sheet_add(struct sheet *sheet, enum sheet_part part)
{
	const struct sheet_section *section = &sheet_sections[part];
	struct sheet_rows *rows = &sheet->parts[part];
	uint8_t *row, *data;

	if (is_full(sheet, part)) {
		sheet->cut |= UINT32_C(1) << part;
		return NULL;
	}
	data = memory_grow(rows->data, &rows->room, rows->count + 1,
	    section->row_bytes);
	if (data == NULL) {
		sheet->no_memory = true;
		return NULL;
	}
	rows->data = data;
	row = rows->data + rows->count++ * section->row_bytes;
	memset(row, 0, section->row_bytes);
	for (size_t i = 0; i < section->table->column_count; i++)
		undefine(row + section->table->columns[i].offset,
		    section->table->columns[i].type);
	return row;
}

const void *
sheet_row(const struct sheet *sheet, enum sheet_part part, size_t index)
{
	const struct sheet_rows *rows = &sheet->parts[part];

	return index >= rows->count ? NULL :
	    rows->data + index * sheet_sections[part].row_bytes;
}

static int
find_part(const char *name, size_t n)
{
	for (int i = 0; i < SHEET_PARTS; i++)
		if (strlen(sheet_sections[i].table->name) == n &&
		    strncmp(sheet_sections[i].table->name, name, n) == 0)
			return i;
	return -1;
}

int
sheet_show_only(struct sheet *sheet, const char *names, struct errbuf *err)
{
	uint32_t shown = 0;

	for (;;) {
		size_t n = strcspn(names, ",");
		int part = find_part(names, n);

		if (part == -1) {
			errbuf_set(err, "%.*s: no such section of a sheet",
			    (int)n, names);
			return -1;
		}
		shown |= UINT32_C(1) << part;
		if (names[n] == '\0')
			break;
		names += n + 1;
	}
	sheet->hidden = ~shown;
	return 0;
}

/* Takes the text over. */
static const char *
keep(struct sheet *sheet, char *text)
{
	char **texts = memory_grow(sheet->texts, &sheet->text_room,
	    sheet->text_count + 1, sizeof(*texts));

	if (texts != NULL)
		sheet->texts = texts;
	if (texts == NULL || text == NULL) {
		free(text);
		sheet->no_memory = true;
		return NULL;
	}
	texts[sheet->text_count++] = text;
	return text;
}

const char *
sheet_text(struct sheet *sheet, const char *text)
{
	return text == NULL ? NULL : keep(sheet, strdup(text));
}

static const char *
keep_formatted(struct sheet *sheet, const char *format, va_list ap)
{
	char *text;

	return keep(sheet, vasprintf(&text, format, ap) < 0 ? NULL : text);
}

const char *
sheet_printf(struct sheet *sheet, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = keep_formatted(sheet, format, ap);
	va_end(ap);
	return text;
}

void
sheet_note(struct sheet *sheet, const char *format, ...)
{
	struct sheet_note *note = sheet_add(sheet, SHEET_NOTES);
	va_list ap;

	if (note == NULL)
		return;
	va_start(ap, format);
	note->text = keep_formatted(sheet, format, ap);
	va_end(ap);
}

void
sheet_complete(struct sheet *sheet)
{
	sheet->complete = true;
	for (unsigned p = 0; p < SHEET_PARTS; p++)
		if ((sheet->cut >> p & 1) != 0)
			sheet_note(sheet, "%s: only %zu are here; there are "
			    "more", sheet_sections[p].table->name,
			    sheet->parts[p].count);
}

bool
sheet_ip_equal(const struct table_ip *a, const struct table_ip *b)
{
	return a->version == b->version && a->version != 0 &&
	    memcmp(a->bytes, b->bytes, a->version == 4 ? 4 : 16) == 0;
}

bool
sheet_end_equal(const struct sheet_end *a, const struct sheet_end *b)
{
	return a->port == b->port && sheet_ip_equal(&a->ip, &b->ip);
}

const char *
sheet_end_text(char room[SHEET_END_BYTES], const struct sheet_end *end)
{
	char *at = room;

	if (end->ip.version == 0)
		return "-";
	if (end->ip.version == 6)
		*at++ = '[';
	at = text_ip(at, &end->ip);
	if (end->ip.version == 6)
		*at++ = ']';
	if (end->port != TABLE_NO_U64) {
		*at++ = ':';
		at = text_u64(at, end->port);
	}
	*at = '\0';
	return room;
}
