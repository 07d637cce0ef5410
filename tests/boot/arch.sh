# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# All that depends on a kernel's architecture. Sourced by tests/lib.sh.

# What the machine, its chroots and so all tools are.
# shellcheck disable=SC2034 # for those who source this
native=amd64

# use_arch ARCH - sets for kernels of that architecture:
#   kernel_make     tells the kernel's makefiles what to build for, and with what
#   compiler        builds programs for the guest, in a chroot
#   build_packages  what building for it takes there beyond chroot_packages
#   qemu_package, qemu_program, machine  the emulator and its first arguments
#   console         what the kernel calls the first serial port
#   quirks          more of its command line
use_arch()
{
	"use_$1"
}

# shellcheck disable=SC2034 # for those who call use_arch
use_amd64()
{
	kernel_make=(ARCH=x86_64)
	compiler=x86_64-linux-gnu-gcc
	build_packages=()
	qemu_package=qemu-system-x86
	qemu_program=qemu-system-x86_64
	# string instructions are emulated a step at a time: without these two
	# features the kernel copies 8 bytes a step, not one
	machine=(-cpu "max,-erms,-fsrm")
	console=ttyS0
	# emulation does not claim a stable TSC, and reading the HPET is slow
	quirks=(tsc=reliable)
}

# shellcheck disable=SC2034
use_arm64()
{
	# as phones' kernels are built
	kernel_make=(ARCH=arm64 LLVM=1)
	compiler=aarch64-linux-gnu-gcc
	build_packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
	qemu_package=qemu-system-arm
	qemu_program=qemu-system-aarch64
	# emulating the architecture's own pointer authentication is very slow
	machine=(-M "virt,gic-version=3" -cpu "max,pauth-impdef=on")
	console=ttyAMA0
	quirks=()
}
