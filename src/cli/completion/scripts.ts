/**
 * What a shell is given to complete `neuro`: it asks `neuro __complete -- WORDS…` for candidates, one a line with a
 * description behind a tab, and a last line `:N` with what else to do, as the programs of Kubernetes have it.
 *
 * Loading a script asks nothing of any cluster. No script evaluates what was typed, nor what was found: a candidate is put
 * into the line as one quoted word, so that nothing in it is run when the line is.
 */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The bits of `:N`. */
export const directives = { noSpace: 2, noFiles: 4 } as const;

const bash = `# Put this into ~/.bashrc:  source <(neuro completion bash)
_neuro() {
  local words=() cur out line directive prefix
  local typed=\${COMP_LINE:0:COMP_POINT}
  IFS=$' \\t\\n' read -ra words <<<"$typed"
  # As the shell reads it: a character that was completed may stand behind a backslash.
  words=("\${words[@]//\\\\/}")
  [[ $typed == *[[:space:]] ]] && words+=('')
  cur=\${words[\${#words[@]} - 1]}
  COMPREPLY=()
  out=$(command neuro __complete -- "\${words[@]:1}" 2>/dev/null) || return
  directive=\${out##*:}
  # Of a word with : or = in it, bash replaces only what stands behind; with an @, that too.
  prefix=\${cur%"\${cur##*["$COMP_WORDBREAKS"]}"}
  prefix=\${prefix%@}
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    [[ $line == :* || -z $line || $line != "$cur"* ]] && continue
    printf -v line '%q' "\${line#"$prefix"}"
    COMPREPLY+=("$line")
  done <<<"$out"
  if ((directive & 2)); then compopt -o nospace; fi
  if ((\${#COMPREPLY[@]} == 0 && !(directive & 4))); then compopt -o default; fi
}
complete -F _neuro neuro kubectl-neuro
`;

const zsh = `#compdef neuro kubectl-neuro
# Put this into ~/.zshrc, after compinit:  source <(neuro completion zsh)
_neuro() {
  local -a lines candidates names
  local line directive
  lines=("\${(@f)$(command neuro __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  directive=\${lines[-1]#:}
  for line in "\${(@)lines[1,-2]}"; do
    names+=("\${line%%$'\\t'*}")
    candidates+=("\${line//$'\\t'/  }")
  done
  if (( $#names )); then
    if (( directive & 2 )); then
      compadd -S '' -d candidates -a names
    else
      compadd -d candidates -a names
    fi
  elif (( ! (directive & 4) )); then
    compset -P '@'
    _files
  fi
}
if [ "\${funcstack[1]}" = _neuro ]; then _neuro "$@"; else compdef _neuro neuro kubectl-neuro; fi
`;

const fish = `# Put this into ~/.config/fish/completions/neuro.fish:  neuro completion fish
function __neuro_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (command neuro __complete -- $words[2..-1] 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string sub -s 2 -- $lines[-1])
    if test (count $lines) -gt 1
        printf '%s\\n' $lines[1..-2]
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (commandline -ct)
    end
end
complete -c neuro -f -a '(__neuro_complete)'
complete -c kubectl-neuro -f -a '(__neuro_complete)'
`;

export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
