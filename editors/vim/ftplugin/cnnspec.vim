" What Vim does with a spec: comments, two columns a level, names, formatting by cnnspec.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal formatoptions-=t formatoptions+=croql
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal suffixesadd=.cnn include=^\\s*use
let b:undo_ftplugin = 'setlocal comments< commentstring< formatoptions< expandtab< shiftwidth< softtabstop< suffixesadd< include<'

" :make fills the quickfix list with the findings of the file.
setlocal errorformat=%f:%l:%c:\ %trror[%.%#]:\ %m,%f:%l:%c:\ %tarning[%.%#]:\ %m,%f:%l:%c:\ %tnfo[%.%#]:\ %m,%-G%.%#
setlocal makeprg=cnnspec\ check\ --output-format\ concise\ %:S
let b:undo_ftplugin .= ' errorformat< makeprg<'
