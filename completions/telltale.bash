# bash completion for telltale, made by: telltale completions bash
_telltale() {
    local cur=${COMP_WORDS[COMP_CWORD]}
    local prev=${COMP_WORDS[COMP_CWORD - 1]}
    local cmd='' words='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -*) ;;
        rules) cmd=rules ;;
        *) if [[ $cmd == rules ]]; then
               cmd="rules ${COMP_WORDS[i]}"
           elif [[ -z $cmd ]]; then
               cmd=${COMP_WORDS[i]}
           fi ;;
        esac
    done
    case $prev in
    -b|--baud) COMPREPLY=($(compgen -W '9600 57600 115200 460800 921600' -- "$cur")); return ;;
    -m|--mode) COMPREPLY=($(compgen -W '8N1 8E1 7E1 8O1 8N2' -- "$cur")); return ;;
    --lane) COMPREPLY=($(compgen -W 'host device tool' -- "$cur")); return ;;
    --format) COMPREPLY=($(compgen -W 'tape pcapng pcap raw usbmon njlog log socat interceptty slsnif jpnevulator ser2net spy umockdev strace esptool avrdude mtkclient esphome eltima hhd serialtool portmon sigrok sigrok-json saleae terminal tio-hex putty ihex hexdump hex txrx tool' -- "$cur")); return ;;
    --usb) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --tcp) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --since) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --until) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --for) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --port) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --linger) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --attach) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --host) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --device) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    -r|--record) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --to) COMPREPLY=($(compgen -W 'tape pcapng raw' -- "$cur")); return ;;
    --speed) COMPREPLY=($(compgen -W 'max 0.5 2 10' -- "$cur")); return ;;
    --link) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --allow) COMPREPLY=($(compgen -W 'changes-state' -- "$cur")); return ;;
    --only) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --listen) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    --timeout) COMPREPLY=($(compgen -W '' -- "$cur")); return ;;
    -R|--rules) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    --as) COMPREPLY=($(compgen -W 'auto' -- "$cur")); return ;;
    --html) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --bundle) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    --sysroot) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    esac
    case $cmd in
    'read') words='--baud --mode --lane --format --usb --tcp --since --until --for --record --force --rules --json --as --compare --html --bundle --redact --csv --no-color --quiet --verbose --wait --sysroot --help --version ' ;;
    'watch') words='--baud --mode --lane --format --usb --tcp --for --host --device --record --force --plain --active --rules --json --no-color --quiet --wait --sysroot --help --version ' ;;
    'run') words='--port --linger --watch --strace --attach --record --force --rules --json --no-color --quiet --help --version ' ;;
    'explain') words='--rules --json --no-color --verbose --help --version ' ;;
    'play') words='--baud --mode --lane --format --usb --tcp --since --until --for --port --linger --record --force --plain --to --speed --as-device --link --yes --rules --no-color --quiet --verbose --help --version ' ;;
    'bridge') words='--baud --mode --for --record --force --plain --rules --json --no-color --quiet --help --version ' ;;
    'tap') words='--baud --mode --for --host --device --record --force --plain --rules --json --no-color --quiet --help --version ' ;;
    'probe') words='--baud --mode --for --record --force --allow --only --dry-run --listen --timeout --rules --json --no-color --quiet --help --version ' ;;
    'convert') words='--lane --format --usb --tcp --since --until --force --to --no-color --verbose --help --version ' ;;
    'ports') words='--json --no-color --sysroot --help --version ' ;;
    'rules list') words='--rules --no-color --verbose --help --version ' ;;
    'rules show') words='--rules --no-color --help --version ' ;;
    'rules check') words='--rules --no-color --quiet --verbose --price --help --version ' ;;
    'rules why') words='--lane --format --usb --tcp --since --until --rules --no-color --help --version ' ;;
    'help') words='--no-color --help --version ' ;;
    'version') words='--no-color --help --version ' ;;
    *) words='--help --version ' ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
        return
    fi
    case $cmd in
    '') words='read watch run explain play bridge tap probe convert ports help version rules' ;;
    rules) words='list show check why' ;;
    'rules show'|'rules why')
        words=$(telltale rules list -v 2>/dev/null |
            awk '/^  |^[^ ]+ - / { print $1 }') ;;
    *) words='' ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur")
        $(compgen -f -- "$cur"))
}
complete -o filenames -F _telltale telltale
