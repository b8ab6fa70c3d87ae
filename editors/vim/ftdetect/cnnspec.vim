autocmd BufRead,BufNewFile *.cnn setfiletype cnnspec
