" `cnnspec format`, for ALE: let g:ale_fixers = {'cnnspec': ['cnnspec']}
call ale#Set('cnnspec_executable', 'cnnspec')

function! ale#fixers#cnnspec#Fix(buffer) abort
  return {'command': ale#Escape(ale#Var(a:buffer, 'cnnspec_executable')) . ' format --stdin-filename %s -'}
endfunction
