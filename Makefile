# SPDX-License-Identifier: GPL-2.0-only
#
# The one entry point; `make help` explains the targets.

KVER   ?= $(shell uname -r)
KDIR   ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr
MODDIR ?= /lib/modules
TOOLS_BUILD ?= build/tools
CMAKE  ?= cmake
LAB    := selftests/lab/run
VERSION = $(shell awk '/^project/ { print $$3 }' tools/CMakeLists.txt)

export ROWS TESTS ROW JOBS BOOTS

.DEFAULT_GOAL := all
.PHONY: all modules tools install install-modules install-test-modules install-tools \
	uninstall dkms demo check check-long check-selftest check-coldplug bench vm clean help

##@ Build for the running kernel (KVER=release for another)
all: modules tools ## Modules and tools

modules: ## The kernel modules, with the headers of KVER
	@[ -d "$(KDIR)" ] || { echo "make: $(KDIR): no kernel headers; install linux-headers-$(KVER)" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## The userspace tools (CMake), in build/tools
	$(CMAKE) -S tools -B $(TOOLS_BUILD) -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DBUILD_TESTING=OFF \
		-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 $(TOOLS_OPTIONS)
	+$(CMAKE) --build $(TOOLS_BUILD)

##@ Install (DESTDIR=folder to stage)
install: install-modules install-tools ## Modules, tools, udev rules, man pages, symbol index
	$(if $(DESTDIR),,/etc/kernel/postinst.d/waymark-symidx $(KVER))

MODULES = $(shell find modules -name '*.ko' -not -path '*/tests/*')
TEST_MODULES = $(shell find modules -path '*/tests/*' -name '*.ko')

install-modules:
	@[ -n "$(MODULES)" ] || { echo "make: no modules built; run make modules" >&2; exit 1; }
	install -d $(DESTDIR)$(MODDIR)/$(KVER)/updates/waymark
	install -m 644 $(MODULES) $(DESTDIR)$(MODDIR)/$(KVER)/updates/waymark
	$(if $(DESTDIR),,depmod $(KVER))

# Modules that only tests load.
install-test-modules:
	install -d $(DESTDIR)/opt/waymark/test-modules
	$(if $(TEST_MODULES),install -m 644 $(TEST_MODULES) $(DESTDIR)/opt/waymark/test-modules)

install-tools:
	DESTDIR=$(DESTDIR) $(CMAKE) --install $(TOOLS_BUILD)

dkms: ## Register with DKMS: the modules are rebuilt for every new kernel
	@command -v dkms > /dev/null || { echo "make: dkms is not installed: apt-get install dkms" >&2; exit 1; }
	dkms add $(CURDIR) && dkms install waymark/$(VERSION) -k $(KVER)

uninstall: ## Remove what install put there
	rm -rf $(DESTDIR)$(MODDIR)/$(KVER)/updates/waymark
	rm -f $(DESTDIR)$(MODDIR)/$(KVER)/symbol_index.bin $(DESTDIR)/lib/firmware/$(KVER)/symbol_index.bin
	$(if $(DESTDIR),,depmod $(KVER))
	@[ ! -f $(TOOLS_BUILD)/install_manifest.txt ] || \
		sed 's,^,$(DESTDIR),' $(TOOLS_BUILD)/install_manifest.txt | tr '\n' '\0' | xargs -0 rm -f

##@ See and prove (as root or with sudo; ROWS="…" and TESTS="…" select)
demo: ## Boot a machine with five NICs and show what the suite does with them
	@$(LAB) demo

check: ## Build for every row, boot it, run the tests; ends with "N passed, N failed"
	@$(LAB) check

check-long: ## The same with the forms that take hours
	@$(LAB) check --long

check-selftest: ## The laboratory's own proof that each way to fail is reported
	@$(LAB) check --rows "laboratory laboratory-guest"

check-coldplug: ## Boot again and again (BOOTS=20), every link right in each
	@$(LAB) coldplug

bench: ## Measure; figures in build/results/bench.json
	@$(LAB) bench

vm: ## A shell in a row's guest: make vm ROW=trixie-6.12
	@$(LAB) vm

##@ Other
clean: ## Remove what was built in the tree
	-[ ! -d "$(KDIR)" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

help: ## This text
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
