" Findings of `cnnspec check` in Python files that build Keras models, for ALE: let g:ale_linters = {'python': ['cnnspec']}
runtime ale_linters/cnnspec/cnnspec.vim

call ale#linter#Define('python', {
\   'name': 'cnnspec',
\   'executable': {buffer -> ale#Var(buffer, 'cnnspec_executable')},
\   'command': function('ale_linters#cnnspec#cnnspec#GetCommand'),
\   'callback': 'ale_linters#cnnspec#cnnspec#Handle',
\   'output_stream': 'stdout',
\})
