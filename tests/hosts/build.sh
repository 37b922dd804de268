#!/bin/sh
# Builds a Debian root with real Krita, GIMP and Blender outside the repository: the fixture of the host tests.
# Usage: build.sh [FOLDER]. Needs root and debootstrap; a folder that is complete already is left as it is.
set -eu
root="${1:-${XDG_CACHE_HOME:-$HOME/.cache}/sfumato-hosts/trixie}"
packages="gimp krita blender xvfb xauth xdotool openbox libgl1-mesa-dri python3-pyqt5 python3-pyqt5.sip
gir1.2-gimp-3.0 imagemagick"

if [ -e "$root/.complete" ]; then
    echo "$root is complete"
    exit 0
fi
command -v debootstrap >/dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }
mkdir -p "$root"
debootstrap --variant=minbase trixie "$root"
for share in proc dev; do
    mkdir -p "$root/$share"
    mountpoint -q "$root/$share" || mount --rbind "/$share" "$root/$share"
done
trap 'umount -lR "$root/proc" "$root/dev"' EXIT
cp /etc/resolv.conf "$root/etc/resolv.conf"
# shellcheck disable=SC2086 # one word a package
DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y --no-install-recommends $packages
touch "$root/.complete"
echo "$root is complete"
