# Reads process ids until the pipe on stdin ends, waits for them to be gone, removes the directory.  $0 = sweep, $1 = directory
pids=
while read -r pid; do pids="$pids $pid"; done
n=0 # for all together: they stop side by side, and the number of one that is gone may be another program's by now
for pid in $pids; do
    while [ "$n" -lt 100 ] && kill -s 0 "$pid" 2>/dev/null; do
        sleep 0.1
        n=$((n + 1))
    done
done
n=0
while [ "$n" -lt 20 ]; do # a last writer may still be at it
    rm -rf -- "$1" 2>/dev/null && exit 0
    sleep 0.1
    n=$((n + 1))
done
rm -rf -- "$1"
