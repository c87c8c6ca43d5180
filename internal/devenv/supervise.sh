# Runs a program until it ends or the pipe on stdin does.  $0 = supervise, $1 = stop signal, rest = program
stop=$1
shift
exec 4>&3 3<&0 </dev/null # fd 3, at first: where the program's process id goes
"$@" 3<&- 4>&- &
child=$!
echo "$child" >&4
exec 4>&-
(
    while read -r _ <&3; do :; done
    kill -s "$stop" "$child"
    n=0
    while [ "$n" -lt 50 ] && kill -s 0 "$child"; do
        sleep 0.1
        n=$((n + 1))
    done
    kill -s KILL 0 # the whole group: child, grandchildren, this
) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill -s KILL "$watcher" 2>/dev/null
exit "$code"
