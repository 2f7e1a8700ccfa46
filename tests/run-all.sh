#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs what is missing, builds, and passes all tests.
set -eu
cd "$(dirname "$0")/.."
tests/install-deps.sh all
exec make check
