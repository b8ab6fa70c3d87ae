" Two columns for each bracket that is open, and for a line that goes on with an arrow or else.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=CnnspecIndent(v:lnum)
setlocal indentkeys=0),0],0},o,O,0=->,0=else,!^F
setlocal nosmartindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< smartindent<'

if exists('*CnnspecIndent')
  finish
endif

" Whether what is under the cursor is a comment or a text, whose brackets do not count.
function! s:IsQuiet() abort
  return synIDattr(synID(line('.'), col('.'), 1), 'name') =~# 'cnnspecComment\|cnnspecDirective\|cnnspecString'
endfunction

" The line of the innermost bracket that is open before a line; 0 without one.
function! s:FindOpen(lnum) abort
  let l:place = getcurpos()
  call cursor(a:lnum, 1)
  let l:found = searchpair('[([{]', '', '[])}]', 'bnW', 's:IsQuiet()')
  call setpos('.', l:place)
  return l:found
endfunction

function! CnnspecIndent(lnum) abort
  let l:open = s:FindOpen(a:lnum)
  let l:line = getline(a:lnum)
  if l:line =~# '^\s*[])}]'
    return l:open ? indent(l:open) : 0
  endif
  let l:before = getline(prevnonblank(a:lnum - 1))
  let l:goes_on = l:line =~# '^\s*\%([-=]>\|→\|else\>\)' || l:before =~# '\%([-=]>\|→\)\s*\%(#.*\)\?$'
  return (l:open ? indent(l:open) + shiftwidth() : 0) + (l:goes_on ? shiftwidth() : 0)
endfunction
