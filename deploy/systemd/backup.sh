#!/usr/bin/env bash
# backup.sh FOLDER: a backup into FOLDER, proven whole; only then are older ones than the last thirty taken away.
set -euo pipefail
folder=$1
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../.." && pwd)
keep=${DIMING_BACKUPS_KEPT:-30}
file=$folder/diming-$(date -u +%Y%m%dT%H%M%SZ).tar
"$here/diming" backup "$file.part"
"$here/diming" check-backup "$file.part"
mv -- "$file.part" "$file"
find "$folder" -maxdepth 1 -name 'diming-*.tar' | sort -r | tail -n "+$((keep + 1))" | xargs -r -d '\n' rm --
