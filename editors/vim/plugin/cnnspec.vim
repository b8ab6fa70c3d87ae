" The language server, for vim-lsp where that is installed: let g:cnnspec_command = ['/path/to/.venv/bin/cnnspec', 'server']
augroup cnnspec_vim_lsp
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
  \   'name': 'cnnspec',
  \   'cmd': get(g:, 'cnnspec_command', ['cnnspec', 'server']),
  \   'allowlist': ['cnnspec'],
  \   'initialization_options': {'inlayHints': 'shapes'},
  \ })
augroup END
