// SPDX-License-Identifier: GPL-2.0-only
/*
 * Damages a kernel module (64-bit, little-endian, not compressed) in one way:
 *
 *	damage KIND MODULE OUTPUT
 *
 *	intact		nothing, for comparison
 *	crc		one bit of the version of its first import
 *	version		the name in the version of its first import
 *	import		the last letter of an undefined symbol's name
 *	licence		a licence that is not compatible with the GPL
 *	namespace	every import of a symbol namespace
 *	vermagic	a letter behind the release
 *	machine		the machine that it is for
 *
 * The signature goes in any case: one that does not fit is refused before the
 * kernel looks at anything else. Exit status 4: the module has nothing of that
 * kind to damage.
 */
#include <elf.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE_MARK "~Module signature appended~\n"
/* struct module_signature, whose last word is the length of the signature. */
#define SIGNATURE_HEAD 12
#define NOT_APPLICABLE 4

struct file {
	unsigned char *data;
	size_t size;
};

static void die(const char *what)
{
	fprintf(stderr, "damage: %s\n", what);
	exit(1);
}

static struct file read_file(const char *path)
{
	struct file file = { 0 };
	FILE *in = fopen(path, "re");
	long size;

	if (!in || fseek(in, 0, SEEK_END))
		die(path);
	size = ftell(in);
	if (size < (long)sizeof(Elf64_Ehdr))
		die(path);
	rewind(in);
	file.size = size;
	file.data = malloc(size);
	if (!file.data || fread(file.data, 1, size, in) != file.size)
		die(path);
	fclose(in);
	if (memcmp(file.data, ELFMAG, SELFMAG) || file.data[EI_CLASS] != ELFCLASS64)
		die("not a 64-bit ELF file");
	return file;
}

static void strip_signature(struct file *file)
{
	size_t mark = strlen(SIGNATURE_MARK);
	uint32_t length;

	if (memcmp(file->data + file->size - mark, SIGNATURE_MARK, mark))
		return;
	memcpy(&length, file->data + file->size - mark - 4, 4);
	file->size -= mark + SIGNATURE_HEAD + be32toh(length);
}

static Elf64_Shdr *section(struct file *file, const char *name)
{
	Elf64_Ehdr *head = (void *)file->data;
	Elf64_Shdr *table = (void *)(file->data + head->e_shoff);
	const char *names = (void *)(file->data + table[head->e_shstrndx].sh_offset);
	int i;

	for (i = 1; i < head->e_shnum; i++)
		if (!strcmp(names + table[i].sh_name, name))
			return &table[i];
	return NULL;
}

/* The value of the first entry of that tag, of the next one after @after. */
static char *modinfo_entry(struct file *file, const char *tag, char *after)
{
	Elf64_Shdr *info = section(file, ".modinfo");
	size_t length = strlen(tag);
	char *p, *end;

	if (!info)
		return NULL;
	p = (char *)file->data + info->sh_offset;
	end = p + info->sh_size;
	for (; p < end; p += strlen(p) + 1)
		if (p > after && !strncmp(p, tag, length) && p[length] == '=')
			return p + length + 1;
	return NULL;
}

/* The name of an undefined symbol, not the first: those are often special. */
static char *undefined(struct file *file)
{
	Elf64_Shdr *table = section(file, ".symtab");
	Elf64_Shdr *strings = section(file, ".strtab");
	char *last = NULL;
	Elf64_Sym *sym;
	size_t i;

	if (!table || !strings)
		return NULL;
	sym = (void *)(file->data + table->sh_offset);
	for (i = 1; i < table->sh_size / sizeof(*sym); i++)
		if (sym[i].st_shndx == SHN_UNDEF && ELF64_ST_BIND(sym[i].st_info) == STB_GLOBAL &&
		    sym[i].st_name)
			last = (char *)file->data + strings->sh_offset + sym[i].st_name;
	return last;
}

/* struct modversion_info, a long and 56 letters, of the first import. */
static unsigned char *import_version(struct file *file)
{
	Elf64_Shdr *versions = section(file, "__versions");
	unsigned char *p;
	size_t at;

	if (!versions)
		return NULL;
	for (at = 0; at + 64 <= versions->sh_size; at += 64) {
		p = file->data + versions->sh_offset + at;
		if (strcmp((char *)p + 8, "module_layout"))
			return p;
	}
	return NULL;
}

static int damage_version(struct file *file, const char *kind)
{
	unsigned char *version = import_version(file);

	if (!version)
		return NOT_APPLICABLE;
	if (!strcmp(kind, "crc"))
		version[1] ^= 0x10;
	else
		version[8] = '0';	/* which no symbol begins with */
	return 0;
}

static int damage(struct file *file, const char *kind)
{
	char *text;
	int found = 0;

	if (!strcmp(kind, "intact"))
		return 0;
	if (!strcmp(kind, "crc") || !strcmp(kind, "version"))
		return damage_version(file, kind);
	if (!strcmp(kind, "import")) {
		text = undefined(file);
		if (!text)
			return NOT_APPLICABLE;
		text += strlen(text) - 1;
		*text = *text == 'Q' ? 'Z' : 'Q';
		return 0;
	}
	if (!strcmp(kind, "licence")) {
		text = modinfo_entry(file, "license", NULL);
		if (!text || strlen(text) < 3)
			return NOT_APPLICABLE;
		memcpy(text, "XPL", 3);
		return 0;
	}
	if (!strcmp(kind, "namespace")) {
		for (text = NULL; (text = modinfo_entry(file, "import_ns", text)); found = 1)
			text[-2] = 'x';
		return found ? 0 : NOT_APPLICABLE;
	}
	if (!strcmp(kind, "vermagic")) {
		text = modinfo_entry(file, "vermagic", NULL);
		text = text ? strstr(text, "mod_unload") : NULL;
		if (!text)
			return NOT_APPLICABLE;
		text[0] = 'x';
		return 0;
	}
	if (!strcmp(kind, "machine")) {
		((Elf64_Ehdr *)file->data)->e_machine ^= 1;
		return 0;
	}
	die("KIND: intact crc version import licence namespace vermagic machine");
	return 1;
}

int main(int argc, char **argv)
{
	struct file file;
	FILE *out;
	int rc;

	if (argc != 4)
		die("usage: damage KIND MODULE OUTPUT");
	file = read_file(argv[2]);
	strip_signature(&file);
	rc = damage(&file, argv[1]);
	if (rc)
		return rc;
	out = fopen(argv[3], "we");
	if (!out || fwrite(file.data, 1, file.size, out) != file.size || fclose(out))
		die(argv[3]);
	return 0;
}
