# SPDX-License-Identifier: GPL-2.0
# make                builds swapreap.ko for the running kernel
# make install        installs it through dkms, loads it, and loads it at every boot (root)
# make uninstall      takes all of that back (root)
# make check          runs the tests: what takes minutes
# make check-debug    runs those in a booted kernel on kernels with checkers (KASAN, KCSAN)
# make check-all      runs all of these, the long ones, and on further kernels
# make torture        kills and changes at random for MINUTES (10), from a SEED if given
# make demo           shows what it gains
# make bench          measures what it gains and costs (BENCH="--help" tells what else)
# make deb            makes Debian packages, in build/ (root)
# make android        builds the module for the phone kernel of KDIR, in build/android/
# make android-zip    packs what make android built as a zip for Magisk or KernelSU, in build/
# make dist           makes the source archive and the recipes for RPM and Arch, in build/
#
# KVER=RELEASE picks another installed kernel, KDIR=PATH a kernel build directory for plain make.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

all clean: target = $(if $(filter clean,$@),clean,modules)
all clean: $(KDIR)/Makefile
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(target)

$(KDIR)/Makefile:
	@echo "swapreap: no kernel headers in $(KDIR)." >&2
	@echo "Install them (Debian, Ubuntu: apt-get install linux-headers-$(KVER))" >&2
	@echo "or name a kernel build directory: make KDIR=PATH" >&2
	@exit 1

install uninstall:
	@KVER=$(KVER) tools/packaging/setup $@

check:
	@tests/check

check-debug:
	@tests/check debug

check-all:
	@tests/check all

torture:
	@MINUTES=$${MINUTES:-10} tests/torture/run-long

demo:
	@tools/demo

bench:
	@tools/bench/run $(BENCH)

deb dist android android-zip:
	@tools/packaging/$@ build

.PHONY: all clean install uninstall check check-debug check-all torture demo bench deb dist android android-zip
