"""Bivariate normal probabilities, for whole arrays at once."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
STEEP = 0.925  # correlation from which the integral is taken downwards from one
FAR = 30.0  # standard deviations beyond which no double precision is left
CHUNK = 1 << 12  # integrals taken at a time, so that their nodes stay in the processor's cache


def bivariate_normal_cdf(
    h: np.ndarray | float, k: np.ndarray | float, rho: np.ndarray | float
) -> np.ndarray:
    """Compute P(X ≤ h, Y ≤ k) of standard normals with correlation rho.

    Parameters
    ----------
    h, k
        Limits, infinite ones included; broadcast with `rho`.
    rho
        Correlations between −1 and 1, both included.

    Returns
    -------
    numpy.ndarray
        Probabilities, broadcast shape; absolute error about 1e-15.

    Notes
    -----
    The derivative of the probability with respect to the correlation is the density (Plackett 1954,
    *Biometrika* 41, 351–360), so that it is an integral over correlations: from 0 to rho, in
    θ = arcsin(rho), or, for steep correlations, from 1 to rho with the part that is not smooth
    taken in closed form (Drezner and Wesolowsky 1990, *Journal of Statistical Computation and
    Simulation* 35, 101–107; Genz 2004, *Statistics and Computing* 14, 251–260).
    """
    h, k, rho = np.broadcast_arrays(h, k, rho)
    flat = np.clip(h, -FAR, FAR).ravel(), np.clip(k, -FAR, FAR).ravel(), rho.ravel()
    result, steep = np.empty(rho.size), np.abs(flat[2]) >= STEEP
    for places, function in ((np.flatnonzero(~steep), _gentle), (np.flatnonzero(steep), _steep)):
        for start in range(0, len(places), CHUNK):
            part = places[start : start + CHUNK]
            result[part] = function(*(each[part] for each in flat))
    return result.reshape(rho.shape)


def bivariate_normal_pdf(
    h: np.ndarray | float, k: np.ndarray | float, rho: np.ndarray | float
) -> np.ndarray:
    """Compute the density of two standard normals with correlation −1 < rho < 1 at finite h, k."""
    unexplained = 1 - np.square(rho)
    exponent = (np.square(h) - 2 * rho * h * k + np.square(k)) / (2 * unexplained)
    return np.exp(-exponent) / (2 * np.pi * np.sqrt(unexplained))


def normal_pdf(x: np.ndarray) -> np.ndarray:
    """Compute the density of a standard normal; zero at infinity."""
    return np.exp(-0.5 * np.square(x)) / np.sqrt(2 * np.pi)


def _gentle(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    angle = np.arcsin(rho)
    sine = np.sin(angle[..., None] * (NODES + 1) / 2)
    half_squares, product = ((h * h + k * k) / 2)[..., None], (h * k)[..., None]
    integrand = np.exp((sine * product - half_squares) / (1 - sine * sine))
    integral = (integrand @ WEIGHTS) * angle / (4 * np.pi)
    return np.clip(ndtr(h) * ndtr(k) + integral, 0, 1)


def _steep(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    negative = rho < 0
    lower = _near_one(h, np.where(negative, -k, k), np.abs(rho))
    return np.clip(np.where(negative, ndtr(h) - lower, lower), 0, 1)


def _near_one(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X ≤ h, Y ≤ k) as Φ(min) less the integral of the density over correlations rho … 1.

    With x = √(1 − t²) for the correlation t the integral is ∫₀ᵃ exp(−b²/2x²) g(x) dx, where
    b = h − k, a = √(1 − rho²) and g(x) = exp(−hk/(1 + t))/t. The expansion of g to x⁴ is integrated
    in closed form, what is left of g by Gauss and Legendre.
    """
    a, b, product = np.sqrt((1 - rho) * (1 + rho)), np.abs(h - k), h * k
    second = (4 - product) / 8
    fourth = second * (12 - product) / 16
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        edge = np.where(a > 0, np.exp(-np.square(b / a) / 2), 0.0)
        zeroth_moment = a * edge - b * np.sqrt(2 * np.pi) * np.where(a > 0, ndtr(-b / a), 0.0)
    second_moment = (a**3 * edge - b**2 * zeroth_moment) / 3
    fourth_moment = (a**5 * edge - b**2 * second_moment) / 5
    closed = zeroth_moment + second * second_moment + fourth * fourth_moment
    x = a[..., None] * (NODES + 1) / 2
    square = np.maximum(x * x, 1e-290)
    t = np.sqrt(1 - x * x)
    expansion = 1 + x * x * (second[..., None] + x * x * fourth[..., None])
    # Both exponents are joined before exp, since either alone may overflow.
    decay = -np.square(b[..., None]) / (2 * square)
    exact = np.exp(decay - product[..., None] / (1 + t)) / t
    rest = exact - np.exp(decay - product[..., None] / 2) * expansion
    integral = closed * np.exp(-product / 2) + (rest @ WEIGHTS) * a / 2
    return ndtr(np.minimum(h, k)) - integral / (2 * np.pi)
