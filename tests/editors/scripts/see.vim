" For the tests: what Vim sees in a file, written to another.

" The name of the syntax group at each character, a line of names for each line.
function! WriteGroups(file, to)
  execute 'edit ' . fnameescape(a:file)
  let l:out = []
  for l:row in range(1, line('$'))
    let [l:names, l:at] = [[], 1]
    for l:character in split(getline(l:row), '\zs')
      call add(l:names, synIDattr(synID(l:row, l:at, 1), 'name'))
      let l:at += strlen(l:character)
    endfor
    call add(l:out, join(l:names, ' '))
  endfor
  call writefile(l:out, a:to, 'S')
  bwipeout!
endfunction

" The text as Vim indents it, from no indentation at all.
function! WriteIndented(file, to)
  execute 'edit ' . fnameescape(a:file)
  silent %left
  silent normal! gg=G
  call writefile(getline(1, '$'), a:to, 'S')
  bwipeout!
endfunction

" Some options of a file.
function! WriteOptions(file, to)
  execute 'edit ' . fnameescape(a:file)
  call writefile([&filetype, &commentstring, &expandtab, &shiftwidth], a:to, 'S')
  bwipeout!
endfunction

" What ALE makes of the findings, and of formatting.
function! WriteFindings(file, output, to)
  execute 'edit ' . fnameescape(a:file)
  runtime ale_linters/cnnspec/cnnspec.vim
  let l:found = ale_linters#cnnspec#cnnspec#Handle(bufnr('%'), readfile(a:output))
  let l:fix = ale#fixers#cnnspec#Fix(bufnr('%'))
  call writefile([json_encode(l:found), ale_linters#cnnspec#cnnspec#GetCommand(bufnr('%')), l:fix.command], a:to, 'S')
  bwipeout!
endfunction

" What ALE makes of the findings in a Python file, and which linters it runs there, asked for and unasked.
function! WritePythonLinter(file, output, to)
  execute 'edit ' . fnameescape(a:file)
  let g:ale_enabled = 0
  runtime plugin/ale.vim
  let l:unasked = map(ale#linter#Get('python'), 'v:val.name')
  let g:ale_linters = {'python': ['cnnspec']}
  let l:asked = ale#linter#Get('python')
  let l:found = call(l:asked[0].callback, [bufnr('%'), readfile(a:output)])
  call writefile(map([l:found, l:unasked, map(copy(l:asked), 'v:val.name')], 'json_encode(v:val)'), a:to, 'S')
  bwipeout!
endfunction

" What :make puts into the quickfix list of what cnnspec prints.
function! WriteQuickfix(file, output, to)
  execute 'edit ' . fnameescape(a:file)
  execute 'cgetfile ' . fnameescape(a:output)
  let l:found = filter(getqflist(), 'v:val.valid')
  call writefile([json_encode(map(l:found, '[v:val.lnum, v:val.col, v:val.type, v:val.text]')), &makeprg], a:to, 'S')
  bwipeout!
endfunction
