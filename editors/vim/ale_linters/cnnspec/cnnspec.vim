" Findings of `cnnspec check`, for ALE.
call ale#Set('cnnspec_executable', 'cnnspec')
call ale#Set('cnnspec_options', '')
call ale#fix#registry#Add('cnnspec', 'ale#fixers#cnnspec#Fix', ['cnnspec'], 'Format specs with cnnspec.')

let s:types = {'error': 'E', 'warning': 'W', 'info': 'I'}

function! ale_linters#cnnspec#cnnspec#GetCommand(buffer) abort
  return '%e check --output-format json --stdin-filename %s' . ale#Pad(ale#Var(a:buffer, 'cnnspec_options')) . ' -'
endfunction

function! ale_linters#cnnspec#cnnspec#Handle(buffer, lines) abort
  let l:output = []
  for l:finding in ale#util#FuzzyJSONDecode(join(a:lines, ''), [])
    if empty(l:finding.location)
      continue
    endif
    let l:help = empty(l:finding.help) ? '' : '; ' . l:finding.help
    call add(l:output, {
    \   'lnum': l:finding.location.row,
    \   'col': l:finding.location.column,
    \   'end_lnum': l:finding.end_location.row,
    \   'end_col': l:finding.end_location.column - 1,
    \   'type': get(s:types, l:finding.severity, 'E'),
    \   'code': l:finding.code,
    \   'text': l:finding.message . l:help,
    \   'filename': l:finding.filename,
    \})
  endfor
  return l:output
endfunction

call ale#linter#Define('cnnspec', {
\   'name': 'cnnspec',
\   'executable': {buffer -> ale#Var(buffer, 'cnnspec_executable')},
\   'command': function('ale_linters#cnnspec#cnnspec#GetCommand'),
\   'callback': 'ale_linters#cnnspec#cnnspec#Handle',
\   'output_stream': 'stdout',
\})
