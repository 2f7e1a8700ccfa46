/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants of the Common Trace Format 1.8 as traces of this suite use it, and of the index files beside them. */
#ifndef RF_COMMON_CTF_H
#define RF_COMMON_CTF_H

/*
 * Metadata packet, in the traced machine's byte order, packed: u32 magic, uuid[16], u32 checksum (0), u32 content size
 * in bits (header included), u32 packet size in bits, u8 compression, encryption and checksum scheme (0), u8 major,
 * u8 minor; then text.
 */
#define RF_CTF_METADATA_MAGIC 0x75D11D57u
#define RF_CTF_METADATA_HEADER 37u
#define RF_CTF_MAJOR 1u
#define RF_CTF_MINOR 8u

/*
 * Data packet of a 64-bit application, packed, traced machine's order: u32 magic, uuid[16], u32 stream class id,
 * u64 stream instance (CPU), u64 begin, u64 end, u64 content bits, u64 packet bits, u64 sequence number,
 * u64 events discarded, u32 CPU; then events.
 */
#define RF_CTF_PACKET_MAGIC 0xC1FC1FC1u
#define RF_CTF_PACKET_HEADER 84u
#define RF_CTF_PACKET_BITS_AT 56u /* offset of the packet size, the same for 32-bit applications */

/*
 * Index file, big endian: u32 magic, u32 major, u32 minor, u32 entry length; then entries of nine u64: offset in the
 * data file (bytes), packet size (bits), content size (bits), begin, end, events discarded, stream class id, stream
 * instance, sequence number.
 */
#define RF_INDEX_MAGIC 0xC1F1DCC1u
#define RF_INDEX_MAJOR 1u
#define RF_INDEX_MINOR 1u
#define RF_INDEX_HEADER 16u
#define RF_INDEX_ENTRY 72u

#endif
