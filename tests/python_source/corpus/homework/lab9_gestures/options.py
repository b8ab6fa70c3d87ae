import argparse


def parse():
    ap = argparse.ArgumentParser(description='lab 9: gestures in video')
    ap.add_argument('-m', '--model', choices=['cnn_lstm', 'conv3d', 'two_stream'], default='cnn_lstm')
    ap.add_argument('-f', '--frames', default=12, type=int)
    ap.add_argument('-s', '--size', default=64, type=int)
    ap.add_argument('--gray', action='store_true')
    ap.add_argument('--units', nargs='*', type=int, default=[64, 32])
    ap.add_argument('--bidirectional', action='store_true', default=False)
    ap.add_argument('--lr', type=float, default=1e-3)
    return ap.parse_args()
