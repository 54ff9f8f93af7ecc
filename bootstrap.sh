#!/usr/bin/env bash
# Checks for what Sibyl is built with, and installs the system packages that are missing: through
# apt-get as root or with a sudo that asks no password, through Homebrew where there is one.
# Where neither can be done it names what is missing and fails.
set -euo pipefail

swift_minimum=6.2

# The one list of requirements: what it is, its apt and brew packages, and the command that finds it.
check_requirements() {
  missing='' apt_packages='' brew_packages=''
  need 'git' 'git' 'git' command -v git
  need 'pkg-config' 'pkg-config' 'pkgconf' command -v pkg-config
  need 'the GNU Scientific Library' 'libgsl-dev' 'gsl' pkg-config --exists gsl
  need 'FFTW' 'libfftw3-dev' 'fftw' pkg-config --exists fftw3
  need 'OpenBLAS' 'libopenblas-dev' 'openblas' pkg-config --exists openblas
  need 'XGBoost' 'libxgboost-dev' 'xgboost' pkg-config --exists xgboost
  need 'CFITSIO' 'libcfitsio-dev' 'cfitsio' pkg-config --exists cfitsio
  need 'zlib' 'zlib1g-dev' 'zlib' pkg-config --exists zlib
  need 'gnuplot with its pngcairo terminal' 'gnuplot-nox fonts-liberation' 'gnuplot' \
    gnuplot -e 'set terminal pngcairo'
}

need() {
  local what=$1 apt=$2 brew=$3
  shift 3
  if "$@" </dev/null >/dev/null 2>&1; then return; fi
  missing+="${missing:+, }$what"
  apt_packages+="${apt_packages:+ }$apt"
  brew_packages+="${brew_packages:+ }$brew"
}

fail() {
  printf 'bootstrap: %s\n' "$@" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

check_swift() {
  local install="install Swift $swift_minimum or later from https://www.swift.org/install"
  has swift || fail "no swift on the PATH; $install"
  local version
  version=$(swift --version 2>/dev/null </dev/null \
    | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p') || true
  [ -n "$version" ] || fail "'swift --version' names no version; $install"
  local major=${version%%.*} minor=${version#*.}
  if [ "$major" -lt "${swift_minimum%%.*}" ] \
    || { [ "$major" -eq "${swift_minimum%%.*}" ] && [ "$minor" -lt "${swift_minimum#*.}" ]; }; then
    fail "found Swift $version; $install"
  fi
}

# apt-get with the privilege it is given; never asks anything, waits for another apt to finish.
apt() {
  # shellcheck disable=SC2086 # the packages are words of their own
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null >&2 \
    && "$@" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends $apt_packages </dev/null >&2
}

install_missing() {
  if has apt-get && [ "$(id -u)" -eq 0 ]; then
    printf 'bootstrap: installing %s\n' "$apt_packages" >&2
    apt || fail "apt-get could not install: $apt_packages"
  elif has apt-get && has sudo && sudo -n true >/dev/null 2>&1; then
    printf 'bootstrap: installing %s (with sudo)\n' "$apt_packages" >&2
    apt sudo -n || fail "apt-get could not install: $apt_packages"
  elif has brew; then
    printf 'bootstrap: installing %s\n' "$brew_packages" >&2
    # shellcheck disable=SC2086
    brew install --quiet $brew_packages </dev/null >&2 \
      || fail "brew could not install: $brew_packages"
  else
    fail "missing: $missing" \
      "with administrator rights: apt-get install $apt_packages" \
      "or from a conda-style PREFIX: PREFIX/bin on PATH, PREFIX/lib/pkgconfig on PKG_CONFIG_PATH," \
      "and PREFIX/lib on LD_LIBRARY_PATH"
  fi
}

check_swift
check_requirements
if [ -n "$missing" ]; then
  install_missing
  check_requirements
  [ -z "$missing" ] || fail "installed, but still not found: $missing (check PATH, PKG_CONFIG_PATH)"
fi
