"""The folder of a training, whole at any moment.

durable < spec, lock < folder, folds < listing  run folders, without Keras or NumPy
schema                                          what their files may say, checked before it is used
run_record                                      what run.json says of a training
snapshot < state < state_file                   a training's whole state in a file
history, curves, best_model < run_callback      what is saved of every epoch
"""
